public import FlowModel
internal import Wire

/// Whether a capture's filter would show packets of a session, asked with packets made of the session's tuples.
///
/// A filter may ask for what a tuple does not tell: flags, lengths, hosts of the link layer. Then it picks packets and not sessions, and
/// is refused: what it leaves out of a session would count as missing.
public struct TupleFilter: Sendable {
    private let filter: CaptureFilter?
    /// Whether it may ask for what packets of one tuple differ in.
    private let mayPickPackets: Bool
    /// What is to be said of the filter; `nil` where it picks sessions.
    public let doubt: String?

    private static var linkWords: Set<String> { ["ether", "link", "vlan", "mpls", "pppoed", "pppoes"] }

    /// - Throws: where the expression picks packets.
    public init(_ expression: String) throws(IngestError) {
        let words = Set(expression.split { !$0.isLetter }.map { $0.lowercased() })
        mayPickPackets = expression.contains("[") || !words.isDisjoint(with: ["less", "greater", "len"])
        // What it means on other link layers the capture itself judges; and what a frame is wrapped in no tuple tells.
        let compiled =
            words.isDisjoint(with: Self.linkWords) ? try? CaptureFilter(expression, linkType: .ethernet) : nil
        filter = compiled
        if compiled != nil {
            doubt = nil
        } else {
            doubt =
                "where nothing of a session was captured it is not compared: the filter can be asked of packets only"
        }
        guard let filter, Self.picksPackets(filter) else { return }
        throw IngestError(
            .wording, "compare by the filter \(expression)",
            reason: "it picks packets, and what it leaves out of a session would count as missing",
            cure: "filter by addresses, ports and protocols: leave out flags, lengths and the link layer")
    }

    /// Makes the filter of a savefile into one that can be asked.
    ///
    /// - Returns: `nil` where it cannot be: it picks packets, is very long, or asks for a name, and what a file says must have nobody asked for names.
    public init?(recorded expression: String) {
        guard FilterWords.areKnown(expression), let filter = try? TupleFilter(expression), filter.doubt == nil else {
            return nil
        }
        self = filter
    }

    /// Whether packets with this tuple, all of them, are among those that the filter admits; `nil` where it cannot be asked.
    public func admits(_ key: FlowKey) -> Bool? {
        guard let filter else { return nil }
        // Mostly all packets of a tuple have the same answer: one of them tells it.
        return TupleFrame.variants.prefix(mayPickPackets ? .max : 1).allSatisfy { filter.admits(key, $0) }
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
