import FlowModel

/// What most packets of one direction of a flow come to: whole ones that are what they were on the wire.
///
/// In 28 bytes, a third of ``FrameCounts``: among many flows it is the waiting for memory that a packet costs. Times are counted from
/// one that the flow has.
struct PlainCounts {
    var byteCount: UInt64 = 0
    var packetCount: UInt32 = 0
    var headerByteCount: UInt32 = 0
    /// Bytes on the wire besides ``byteCount``: the link layer's header, and what fills short frames.
    var linkByteCount: UInt32 = 0
    /// Nanoseconds; of the first one only where there is a packet.
    var first: UInt32 = 0
    var last: UInt32 = 0

    /// Whether the next packet may be one too many.
    @inline(__always)
    var isFull: Bool { (headerByteCount | linkByteCount) >> 31 != 0 }

    @inline(__always)
    mutating func count(_ packet: borrowing FramePacket, at time: UInt32) {
        first = packetCount == 0 ? time : min(first, time)
        last = max(last, time)
        packetCount &+= 1
        byteCount &+= UInt64(packet.byteCount)
        headerByteCount &+= packet.headerByteCount
        linkByteCount &+= UInt32(truncatingIfNeeded: packet.wire.byteCount &- UInt64(packet.byteCount))
    }

    /// Puts the same down as all kinds of packets are counted, where there is nothing yet.
    ///
    /// - Parameter base: what times are counted from.
    @inline(__always)
    func tell(_ counts: inout FrameCounts, since base: Timestamp) {
        assert(counts == FrameCounts())
        guard packetCount > 0 else { return }
        counts.seen = Counters(packetCount: UInt64(packetCount), byteCount: byteCount)
        counts.whole = counts.seen
        counts.wire = Counters(packetCount: UInt64(packetCount), byteCount: byteCount &+ UInt64(linkByteCount))
        counts.headerByteCount = UInt64(headerByteCount)
        counts.first = Timestamp(nanoseconds: base.nanoseconds &+ Int64(first))
        counts.last = Timestamp(nanoseconds: base.nanoseconds &+ Int64(last))
    }
}

extension FramePacket {
    /// Whether ``PlainCounts`` can hold it.
    @inline(__always)
    var isPlain: Bool { marks.isDisjoint(with: .odd) && fitsPlainCounts }

    /// Whether it is plain, of TCP or UDP, and neither begins nor ends a connection, and it is known which way it passes.
    @inline(__always)
    var isUsual: Bool {
        marks.intersection([.odd, .transport, .fin, .syn, .reset, .lowerBound]) == .transport
            && tap.direction != .unknown && fitsPlainCounts
    }

    @inline(__always)
    private var fitsPlainCounts: Bool { wire.byteCount &- UInt64(byteCount) <= UInt64(UInt16.max) }
}

extension FramePacket.Marks {
    /// Of packets that are more or less than one on the wire (``OddCounts``).
    fileprivate static var odd: FramePacket.Marks { [.error, .aggregate, .unsplit, .fragment] }
}
