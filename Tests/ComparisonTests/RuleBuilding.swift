import Comparison
import FlowModel

/// A rule as a test wants it, and where it stands.
struct PlacedRule {
    var rule: FirewallRule
    var place: HookPlace
    /// What its counter grows by; `nil` of one without a counter.
    var growth: UInt64?
}

/// What a rule does.
enum RuleDeed {
    case drop, reject, accept, untrack
    case log(group: UInt16)
}

/// A rule of IPv4's filter, hook forward, unless said otherwise.
func rule(
    _ deed: RuleDeed, at place: HookPlace = HookPlace(.forward, 0), port: UInt16? = nil, conditions: [String] = [],
    growth: UInt64?, text: String = "some rule"
) -> PlacedRule {
    var rule = FirewallRule(name: text, match: RuleMatch(conditions: conditions), text: text)
    switch deed {
    case .drop: rule.verdict = .drop
    case .reject: rule.verdict = .reject
    case .accept: rule.verdict = .accept
    case .untrack: rule.effects = [.untrack]
    case .log(let group): rule.effects = [.log(group: group)]
    }
    if let port { rule.match.tests.append(RuleMatch.Test(.destinationPort([port...port]))) }
    return PlacedRule(rule: rule, place: place, growth: growth)
}

/// Rules of the table filter, those of one place in one chain, after their counters grew.
func watched(_ rules: [PlacedRule]) -> WatchedRuleset {
    func ruleset(_ counters: (PlacedRule) -> UInt64?) -> FirewallRuleset {
        var table = FirewallTable(family: "ip", name: "filter")
        for placed in rules {
            var rule = placed.rule
            rule.counters = counters(placed).map { Counters(packetCount: $0, byteCount: $0 &* 100) }
            if let chain = table.chains.firstIndex(where: { $0.place == placed.place }) {
                table.chains[chain].rules.append(rule)
            } else {
                var chain = FirewallChain("\(placed.place.hook.rawValue.uppercased())", at: placed.place)
                chain.rules = [rule]
                table.chains.append(chain)
            }
        }
        return FirewallRuleset([table])
    }
    return WatchedRuleset(before: ruleset { $0.growth.map { _ in 0 } }, after: ruleset(\.growth))
}
