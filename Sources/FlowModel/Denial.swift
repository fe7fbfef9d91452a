/// What a rule that drops or rejects did to the packets of a session.
public struct Denial: Hashable, Sendable {
    public var rule: NameID
    public var verdict: Verdict
    /// Packets that it denied: the attempts, of which one packet is one.
    public var count: UInt64
    /// Those of them that went back, and ICMP errors about the session; more than 4,294,967,295 of either are not told apart.
    public var replyCount: UInt32
    public var errorCount: UInt32
    public var first: Timestamp
    public var last: Timestamp

    @inlinable
    public init(rule: NameID, verdict: Verdict, at time: Timestamp) {
        self.rule = rule
        self.verdict = verdict
        count = 0
        (replyCount, errorCount) = (0, 0)
        first = time
        last = time
    }

    /// Packets of one direction that it denied; ICMP errors are of neither.
    public func count(of direction: FlowDirection) -> UInt64 {
        let others = UInt64(replyCount) &+ UInt64(errorCount)
        return direction == .reply ? UInt64(replyCount) : count > others ? count - others : 0
    }
}

/// A session between two that were denied before.
public struct LaterSession: Hashable, Sendable {
    public var id: SessionID
    public var start: Timestamp

    @inlinable
    public init(id: SessionID, start: Timestamp) {
        self.id = id
        self.start = start
    }
}
