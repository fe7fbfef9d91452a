/// What a rule that drops or rejects did to the packets of a session.
public struct Denial: Hashable, Sendable {
    public var rule: NameID
    public var verdict: Verdict
    /// Packets that it denied: the attempts, of which one packet is one.
    public var count: UInt64
    public var first: Timestamp
    public var last: Timestamp

    @inlinable
    public init(rule: NameID, verdict: Verdict, at time: Timestamp) {
        self.rule = rule
        self.verdict = verdict
        count = 0
        first = time
        last = time
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
