public import FlowModel
internal import Wire

/// Whether a capture's filter would show packets of a session, asked with packets made of the session's tuples.
///
/// A filter may ask for what a tuple does not tell: flags, lengths, hosts of the link layer. Then it picks packets and not sessions,
/// which ``doubt`` says.
public struct TupleFilter: Sendable {
    private let filter: CaptureFilter?
    /// What is to be said of the filter; `nil` where it picks sessions.
    public let doubt: String?

    /// - Throws: where the expression means nothing.
    public init(_ expression: String) throws(IngestError) {
        do throws(IngestError) {
            let filter = try CaptureFilter(expression, linkType: .ethernet)
            self.filter = filter
            doubt =
                Self.picksPackets(filter)
                ? "the filter picks packets, not sessions: what it leaves out of a session counts as a difference" : nil
        } catch {
            // It may mean something on other link layers, which the capture itself judges.
            filter = nil
            doubt = "sessions of which nothing was captured are not compared: the filter can be asked of packets only"
        }
    }

    /// Whether packets with this tuple are among those that the filter admits; `nil` where it cannot be asked.
    public func admits(_ key: FlowKey) -> Bool? {
        guard let filter else { return nil }
        // Where all packets of a tuple have the same answer, one of them tells it.
        let variants = doubt == nil ? TupleFrame.variants.prefix(1) : TupleFrame.variants[...]
        return variants.contains { filter.admits(key, $0) }
    }

    /// Whether of one tuple some packets are admitted and others are not.
    private static func picksPackets(_ filter: CaptureFilter) -> Bool {
        let samples = [IPAddress(ipv4: 0x0a00_0001), IPAddress(ipv4: 0xc000_0201)]
        let key = FlowKey(
            source: samples[0], destination: samples[1], sourcePort: 40_000, destinationPort: 443, transport: .tcp,
            family: .ipv4)
        return Set(TupleFrame.variants.map { filter.admits(key, $0) }).count > 1
    }
}

extension CaptureFilter {
    fileprivate func admits(_ key: FlowKey, _ variant: TupleFrame.Variant) -> Bool {
        let bytes = TupleFrame.bytes(of: key, variant)
        let facts = FrameFacts(
            time: Timestamp(nanoseconds: 0), originalLength: bytes.count, linkType: .ethernet)
        return admits(Frame(bytes.reader, facts))
    }
}
