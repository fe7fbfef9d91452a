public import FlowModel
internal import Wire

/// Whether a capture's filter would show packets of a session, asked with packets made of the session's tuples.
///
/// A filter may ask for what a tuple does not tell: flags, lengths, hosts of the link layer. Then it picks packets and not sessions, and
/// is refused: what it leaves out of a session would count as missing.
public struct TupleFilter: Sendable {
    private let filter: CaptureFilter?
    /// What is to be said of the filter; `nil` where it picks sessions.
    public let doubt: String?

    private static var linkWords: Set<String> { ["ether", "link", "vlan", "mpls", "pppoed", "pppoes"] }

    /// - Throws: where the expression picks packets.
    public init(_ expression: String) throws(IngestError) {
        let words = Set(expression.split { !$0.isLetter }.map { $0.lowercased() })
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
        guard let filter, !filter.asksOnlyTuples else { return }
        throw IngestError(
            .wording, "compare by the filter \(expression)",
            reason: "it picks packets, and what it leaves out of a session would count as missing",
            cure: "filter by addresses, ports and protocols: leave out flags, lengths, other fields and the link layer")
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

    /// Whether packets with this tuple are among those that the filter admits; `nil` where it cannot be asked.
    ///
    /// - Parameter isFragment: asks for pieces of them that have no ports.
    public func admits(_ key: FlowKey, isFragment: Bool = false) -> Bool? {
        guard let filter else { return nil }
        let bytes = TupleFrame.bytes(of: key, isFragment: isFragment)
        let facts = FrameFacts(
            time: Timestamp(nanoseconds: 0), originalLength: bytes.count, linkType: .ethernet)
        return filter.admits(Frame(bytes.reader, facts))
    }
}
