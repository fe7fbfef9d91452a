/// How much of what a rule counted is missing in sessions.
public struct RuleUse: Sendable {
    public var watched: WatchedRule
    /// Packets that sessions lack because of it.
    public var packetCount: UInt64 = 0
    /// In how many directions of sessions.
    public var sessionCount: UInt64 = 0

    init(_ watched: WatchedRule) { self.watched = watched }
}
