internal import FlowModel

/// Whether two places count the same bytes in more and in fewer packets, as segments and as aggregates (GRO, GSO) of them.
///
/// Packets that are missing must not pass for it: a lost acknowledgement is headers only, too. So the two must carry the same payload,
/// and the packets that the one has more must have had a good deal of it.
struct Aggregation {
    let evidence: String
    /// Whether both sides' payload is known to be the same; else a lost acknowledgement would look alike.
    let isCertain: Bool

    /// Bytes of payload that a segment has at least on average: who fills less is not offloaded.
    private static var leastPayload: UInt64 { 256 }

    /// Bytes of the longest headers that are counted: IPv6's extensions have hundreds.
    private static var longestHeaders: UInt64 { 4096 }

    /// Bytes by which one packet's headers may be longer than another's of the same session: TCP's time stamps, or a block of SACK.
    private static var options: UInt64 { 12 }

    /// Two captures: what was on the wire must be equal.
    init?(more: FrameCounts, fewer: FrameCounts) {
        guard more.seen.packetCount > fewer.seen.packetCount, more.aggregateCount > 0 || fewer.aggregateCount > 0,
            more.wire.packetCount == fewer.wire.packetCount, Self.payload(more) == Self.payload(fewer)
        else { return nil }
        isCertain = true
        evidence =
            "\(more.seen.packetCount) packets are \(fewer.seen.packetCount) with \(fewer.aggregateCount) aggregates among them: the same \(Self.payload(more)) bytes of payload"
    }

    /// A capture of segments, and who counts aggregates: each packet more must account for whole headers.
    init?(segments: FrameCounts, counted: Counters) {
        let more = segments.whole
        guard more.packetCount > counted.packetCount, counted.packetCount > 0, more.byteCount > counted.byteCount,
            segments.fragmentCount == 0
        else { return nil }
        let (packets, bytes) = (more.packetCount - counted.packetCount, more.byteCount - counted.byteCount)
        let header = bytes / packets
        // Small packets that are missing have as few bytes as headers may have, so it must be what this session's headers have.
        guard bytes % packets == 0, Self.headers(segments).contains(header),
            Self.payload(segments) / Self.leastPayload >= packets
        else { return nil }
        isCertain = false
        evidence =
            "\(more.packetCount) packets are \(counted.packetCount) aggregates: each packet more has \(header) bytes of headers, and the rest is equal"
    }

    /// Bytes of headers that a segment has, from its packets' average: those that open a connection have more of TCP's options.
    private static func headers(_ counts: FrameCounts) -> ClosedRange<UInt64> {
        let packets = counts.seen.packetCount
        let average = packets > 0 ? min(counts.headerByteCount / packets, longestHeaders) : 0
        return average - min(options, average)...average + options
    }

    private static func payload(_ counts: FrameCounts) -> UInt64 {
        counts.seen.byteCount > counts.headerByteCount ? counts.seen.byteCount - counts.headerByteCount : 0
    }
}
