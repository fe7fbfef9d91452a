public import FlowModel

/// What one place counts more than another of one direction of a session, and why.
public struct Difference: Sendable, Equatable {
    public var reason: DifferenceReason
    public var direction: FlowDirection
    /// The place that counts more packets, or, of the same packets, more bytes.
    public var more: CountedPlace
    public var fewer: CountedPlace
    public var packetCount: UInt64
    /// Bytes that `more` counts more; where it counts fewer bytes in more packets, 0.
    public var byteCount: UInt64
    /// Whether these are all the bytes that are missing, or a part that is known; else they are the packets' share of them.
    public var knowsBytes: Bool
    /// What shows it, as sentences without a point. Names of rules and interfaces in them may hold anything.
    public var evidence: [String]
    /// Whether that means just these packets; else they may be among those that it means.
    public var isCertain: Bool

    public init(
        _ reason: DifferenceReason, _ direction: FlowDirection, more: CountedPlace, fewer: CountedPlace,
        packetCount: UInt64 = 0, byteCount: UInt64 = 0, knowsBytes: Bool = true, evidence: [String],
        isCertain: Bool = true
    ) {
        self.reason = reason
        self.direction = direction
        self.more = more
        self.fewer = fewer
        self.packetCount = packetCount
        self.byteCount = byteCount
        self.knowsBytes = knowsBytes
        self.evidence = evidence
        self.isCertain = isCertain && reason != .unexplained
    }
}

extension [Difference] {
    /// Adds one more, to another that says the same where there is one.
    mutating func add(_ difference: Difference) {
        let twin = firstIndex {
            $0.reason == difference.reason && $0.direction == difference.direction && $0.more == difference.more
                && $0.fewer == difference.fewer && $0.evidence == difference.evidence
                && $0.isCertain == difference.isCertain && $0.knowsBytes == difference.knowsBytes
        }
        guard let twin else { return append(difference) }
        self[twin].packetCount = self[twin].packetCount.adding(difference.packetCount)
        self[twin].byteCount = self[twin].byteCount.adding(difference.byteCount)
    }
}
