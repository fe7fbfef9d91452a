import Comparison
import FlowModel
import Testing

/// Two looks at the rules.
struct WatchedRuleTests {
    private static func rule(_ name: String, _ count: UInt64?) -> FirewallRule {
        FirewallRule(
            family: "ip", table: "filter", chain: "FORWARD", name: name, effects: [.drop],
            counters: count.map { Counters(packetCount: $0, byteCount: 60 * $0) }, text: name)
    }

    @Test func aCountersGrowthIsTheDifferenceOfTwoLooks() {
        let before = [Self.rule("a", 5), Self.rule("gone", 1), Self.rule("none", nil), Self.rule("zeroed", 9)]
        let after = [Self.rule("a", 8), Self.rule("new", 2), Self.rule("none", nil), Self.rule("zeroed", 4)]
        let watched = WatchedRule.pair(before, after)
        let growths = Dictionary(uniqueKeysWithValues: watched.map { ($0.rule.name, $0.growth?.packetCount) })
        #expect(growths == ["a": 3, "new": 2, "none": nil, "zeroed": 4, "gone": nil])
    }
}
