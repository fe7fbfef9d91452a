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
    /// Whether it surely was there all the time as it stands.
    var isKept = false

    public init(_ rule: FirewallRule, in chain: String, growth: Counters? = nil) {
        self.rule = rule
        self.chain = chain
        self.growth = growth
        limit = growth?.packetCount
    }

    /// Whether packets of this sum can be among those that it counted, and that it means.
    ///
    /// Counters of a hook count IP packets' bytes as conntrack does; those of devices see padding and link headers, too.
    func canHaveTaken(_ packets: Counters, at place: HookPlace) -> Bool {
        guard packets.packetCount > 0 else { return true }
        let mean = packets.byteCount / packets.packetCount
        let isRefused = rule.match.tests.contains { test in
            guard case .length(let ranges) = test.subject, !test.isNegated else { return false }
            return ranges.allSatisfy { mean < $0.lowerBound } || ranges.allSatisfy { mean > $0.upperBound }
        }
        if isRefused { return false }
        guard let growth, place.hook != .ingress, place.hook != .egress else { return true }
        guard growth.packetCount >= packets.packetCount, growth.byteCount >= packets.byteCount else { return false }
        let others = growth.since(packets)
        return others.packetCount == 0
            ? others.byteCount == 0 : others.byteCount / others.packetCount >= Self.leastLength
    }

    /// Bytes of the shortest IP packet.
    private static let leastLength: UInt64 = 20

    /// How evidence names it: `ip raw PREROUTING: -p tcp --dport 81 -j DROP`.
    public var title: String { "\(chain): \(rule.text)" }
}
