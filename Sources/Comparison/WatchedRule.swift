public import FlowModel

/// A rule of the firewall's, and what its counter grew by while the lanes were read.
public struct WatchedRule: Sendable {
    public var rule: FirewallRule
    /// Where it stands: `ip raw PREROUTING`.
    public var chain: String
    /// What its counter grew by; `nil` where it has none, and where two looks do not tell.
    public var growth: Counters?
    /// How many packets it can have counted at most; `nil` where nobody knows.
    public var limit: UInt64?
    /// Whether it was not there at the first look.
    public var isNew = false

    public init(_ rule: FirewallRule, in chain: String, growth: Counters? = nil) {
        self.rule = rule
        self.chain = chain
        self.growth = growth
        limit = growth?.packetCount
    }

    /// How evidence names it: `ip raw PREROUTING: -p tcp --dport 81 -j DROP`.
    public var title: String { "\(chain): \(rule.text)" }
}
