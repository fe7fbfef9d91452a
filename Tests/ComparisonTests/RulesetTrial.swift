import Comparison
import FlowModel
import Wire

/// Whole rulesets, as the firewall's tools write them, and what a comparison says of packets that came in and did not leave.
enum RulesetTrial {
    /// What became of a session of which three packets came in and none left, and conntrack knows nothing.
    static func denied(
        _ tables: [FirewallTable], _ change: (inout SessionBuilder) -> Void = { _ in },
        facts: (inout ComparisonFacts) -> Void = { _ in }
    ) -> ComparisonOutcome {
        let rules = FirewallRuleset(tables)
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules)
            facts(&$0)
        }
        return compare(facts) {
            ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil)
            change(&$0)
        }
    }

    /// The rules of a chain of the family inet, hook forward, and other chains.
    static func forward(
        _ rules: String, policy: String = "accept", others: String = "",
        _ change: (inout SessionBuilder) -> Void = { _ in },
        facts: (inout ComparisonFacts) -> Void = { _ in }
    ) -> ComparisonOutcome {
        let head = "type filter hook forward priority filter; policy \(policy);"
        let tables = NFTRuleset("table inet t {\n\(others)\nchain c {\n\(head)\n\(rules)\n}\n}").tables
        return denied(tables, change, facts: facts)
    }

    static func saved(_ text: String) -> [FirewallTable] {
        SavedRuleset(text, family: "ip", command: "iptables-legacy", isLegacy: true).tables
    }

    static let counted = "counter packets 90 bytes 9000"
}

extension FirewallRuleset {
    /// As it was before any packet came.
    var withoutCounts: FirewallRuleset {
        var ruleset = self
        for table in ruleset.tables.indices {
            for chain in ruleset.tables[table].chains.indices {
                for rule in ruleset.tables[table].chains[chain].rules.indices
                where ruleset.tables[table].chains[chain].rules[rule].counters != nil {
                    ruleset.tables[table].chains[chain].rules[rule].counters = Counters()
                }
            }
        }
        return ruleset
    }
}
