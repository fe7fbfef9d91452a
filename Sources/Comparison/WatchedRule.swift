public import FlowModel

/// A rule of the firewall's, and what its counter grew by while the lanes were read.
public struct WatchedRule: Sendable {
    public var rule: FirewallRule
    /// `nil` where it has no counter, or was there at one of the looks only: nobody can say then.
    public var growth: Counters?

    public init(_ rule: FirewallRule, growth: Counters?) {
        self.rule = rule
        self.growth = growth
    }

    /// The rules of two looks, each once.
    public static func pair(_ before: [FirewallRule], _ after: [FirewallRule]) -> [WatchedRule] {
        // By name first, as a firewall may have thousands.
        var earlier: [String: [FirewallRule]] = [:]
        for rule in before { earlier[rule.name, default: []].append(rule) }
        var watched = after.map { rule in
            let old = earlier[rule.name]?.first { $0.isSame(as: rule) }
            // A rule that is new has counted from 0.
            return WatchedRule(rule, growth: rule.counters.map { growth(from: old?.counters ?? Counters(), to: $0) })
        }
        var later = Set<[String]>()
        for rule in after { later.insert([rule.family, rule.table, rule.chain, rule.name]) }
        for rule in before where !later.contains([rule.family, rule.table, rule.chain, rule.name]) {
            watched.append(WatchedRule(rule, growth: nil))
        }
        return watched
    }

    private static func growth(from old: Counters, to new: Counters) -> Counters {
        // Smaller ones were zeroed meanwhile, or belong to a rule that was made anew.
        guard new.packetCount >= old.packetCount, new.byteCount >= old.byteCount else { return new }
        return Counters(packetCount: new.packetCount - old.packetCount, byteCount: new.byteCount - old.byteCount)
    }

    /// How evidence names it: `ip raw PREROUTING: -p tcp --dport 81 -j DROP`.
    public var title: String { "\(rule.family) \(rule.table) \(rule.chain): \(rule.text)" }
}
