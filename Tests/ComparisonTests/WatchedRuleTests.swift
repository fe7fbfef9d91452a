import Comparison
import FlowModel
import Testing
import Wire

/// Two looks at the rules.
struct WatchedRuleTests {
    private static func rule(_ name: String, _ count: UInt64?, text: String? = nil) -> FirewallRule {
        FirewallRule(
            name: name, verdict: .drop, counters: count.map { Counters(packetCount: $0, byteCount: 60 * $0) },
            text: text ?? name)
    }

    private static func ruleset(_ rules: [FirewallRule]) -> FirewallRuleset {
        var table = FirewallTable(family: "ip", name: "filter")
        table.chains = [FirewallChain("FORWARD", at: HookPlace(.forward, 0))]
        table.chains[0].rules = rules
        return FirewallRuleset([table])
    }

    @Test func aCountersGrowthIsTheDifferenceOfTwoLooks() {
        let before = [Self.rule("a", 5), Self.rule("gone", 1), Self.rule("none", nil)]
        let after = [Self.rule("a", 8), Self.rule("new", 2), Self.rule("none", nil)]
        let watched = WatchedRuleset(before: Self.ruleset(before), after: Self.ruleset(after))
        #expect(watched.rules.map(\.growth?.packetCount) == [3, nil, nil])
        // A new one cannot have denied more than it shows.
        #expect(watched.rules.map(\.limit) == [3, 2, nil])
        #expect(watched.goneDenials.map(\.rule.name) == ["gone"])
        #expect(
            watched.change
                == "the firewall's rules changed meanwhile: one is new, one is gone")
        #expect(watched.rules[0].title == "ip filter FORWARD: a")
    }

    @Test func rulesOfOneTextAreToldApartByTheirOrder() {
        let before = [Self.rule("a", 5), Self.rule("a", 2)]
        let after = [Self.rule("a", 8), Self.rule("a", 2)]
        let watched = WatchedRuleset(before: Self.ruleset(before), after: Self.ruleset(after))
        #expect(watched.rules.map(\.growth?.packetCount) == [3, 0])
        #expect(watched.change == nil)
    }

    @Test func anElementThatAMapGotMeanwhileIsNew() {
        func ruleset(_ elements: String) -> FirewallRuleset {
            let text = "table inet t {\nchain c {\ntcp dport vmap @m # handle 7\n}\n}"
            let map = "table inet t {\nmap m {\ntype inet_service : verdict\nelements = { \(elements) }\n}\n}"
            return FirewallRuleset(NFTRuleset(text, maps: [map]).tables)
        }
        let watched = WatchedRuleset(before: ruleset("22 : drop"), after: ruleset("80 : accept, 22 : drop"))
        #expect(watched.rules.map(\.rule.verdict).contains(.accept))
        #expect(watched.rules.filter(\.isNew).map(\.rule.verdict) == [.accept])
    }

    @Test func aHandleThatBeganAnewIsAnotherRules() {
        let before = [Self.rule("handle 4", 5, text: "tcp dport 22 counter drop")]
        let after = [Self.rule("handle 4", 900, text: "tcp dport 80 counter drop")]
        let watched = WatchedRuleset(before: Self.ruleset(before), after: Self.ruleset(after))
        #expect(watched.rules.map(\.growth) == [nil])
        #expect(watched.rules.map(\.isNew) == [true])
        #expect(watched.goneDenials.count == 1)
    }

    @Test func aRuleThatWasLoadedAnewIsTheSameAndItsCounterProvesNothing() {
        let text = "tcp dport 22 counter drop"
        let before = [Self.rule("handle 4", 5, text: text), Self.rule("handle 5", 7, text: text)]
        let after = [Self.rule("handle 8", 5, text: text)]
        let watched = WatchedRuleset(before: Self.ruleset(before), after: Self.ruleset(after))
        #expect(watched.rules.map(\.isNew) == [false])
        #expect(watched.rules.map(\.growth) == [nil] && watched.rules.map(\.limit) == [nil])
        #expect(
            watched.change == "the firewall's rules changed meanwhile: one is gone, one counter was set back")
        #expect(watched.goneDenials.count == 1)
    }

    @Test func aTableThatWasMadeAnewHasNewRulesOfOldHandles() {
        let text = "tcp dport 22 counter drop"
        func ruleset(_ handle: String, _ count: UInt64) -> FirewallRuleset {
            var ruleset = Self.ruleset([Self.rule("handle 4", count, text: text)])
            ruleset.tables[0].handle = handle
            return ruleset
        }
        // Its counter did not stand still.
        let made = WatchedRuleset(before: ruleset("1", 0), after: ruleset("2", 0))
        #expect(made.rules.map(\.growth) == [nil] && made.rules.map(\.isNew) == [false])
        #expect(made.change == "the firewall's rules changed meanwhile: one counter was set back")
        let same = WatchedRuleset(before: ruleset("1", 0), after: ruleset("1", 3))
        #expect(same.rules.map(\.growth?.packetCount) == [3] && same.change == nil)
    }

    /// As iptables-save writes it.
    private static func saved(_ policies: UInt64, _ input: [UInt64], _ forward: [UInt64]) -> FirewallRuleset {
        func rules(_ chain: String, _ counts: [UInt64]) -> String {
            counts.enumerated().map { "[\($1):\($1 * 60)] -A \(chain) -p \($0) -j DROP\n" }.joined()
        }
        let head = "*filter\n:INPUT ACCEPT [\(policies):\(policies * 60)]\n:FORWARD ACCEPT [0:0]\n"
        return FirewallRuleset(
            RulesetTrial.saved(head + rules("INPUT", input) + rules("FORWARD", forward) + "COMMIT\n"))
    }

    @Test func aTableThatWasReplacedIsToldByAnyOfItsCounters() {
        // The policy of INPUT had counted; of what the others counted nobody knows.
        let replaced = WatchedRuleset(before: Self.saved(9, [0], [0, 0]), after: Self.saved(2, [0], [3, 0]))
        #expect(replaced.rules.map(\.growth) == [nil, nil, nil] && replaced.rules.map(\.limit) == [nil, nil, nil])
        // One chain's were set back, and another's went on.
        let zeroed = WatchedRuleset(before: Self.saved(9, [4], [5, 0]), after: Self.saved(2, [0], [8, 0]))
        #expect(zeroed.rules.map(\.growth?.packetCount) == [nil, 3, 0])
        // So in tables of nftables, whose rules keep their numbers when they are set back.
        let numbered = WatchedRuleset(
            before: Self.ruleset([Self.rule("handle 4", 9), Self.rule("handle 5", 0)]),
            after: Self.ruleset([Self.rule("handle 4", 1), Self.rule("handle 5", 3)]))
        #expect(numbered.rules.map(\.growth) == [nil, nil])
        // One that shows as much as before, or more, may have begun anew with the others.
        let alike = WatchedRuleset(
            before: Self.ruleset([Self.rule("a", 9), Self.rule("b", 5), Self.rule("c", 5)]),
            after: Self.ruleset([Self.rule("a", 1), Self.rule("b", 5), Self.rule("c", 7)]))
        #expect(alike.rules.map(\.growth) == [nil, nil, nil] && alike.rules.map(\.limit) == [nil, nil, nil])
        // Where all were nought nothing shows it.
        let idle = WatchedRuleset(before: Self.saved(0, [0], [0, 0]), after: Self.saved(0, [0], [0, 1]))
        #expect(idle.rules.map(\.growth?.packetCount) == [0, 0, 1])
    }

    @Test func whereNothingChangedNothingIsSaid() {
        let rules = Self.ruleset([Self.rule("a", 5)])
        #expect(WatchedRuleset(before: rules, after: rules).change == nil)
    }
}
