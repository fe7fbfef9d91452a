import Comparison
import FlowModel
import Testing

/// What rules logged, against what passed.
struct LogComparisonTests {
    private static func facts(_ rules: [PlacedRule]?, lost: UInt64 = 0) -> ComparisonFacts {
        someFacts {
            $0.lanes = [.conntrack, .nflog, .packet]
            $0.rules = rules.map(watched)
            $0.lostCounts.nflog = lost
        }
    }

    @Test func aRuleThatLogsAPartIsNamedWithItsCondition() {
        let rules = [rule(.log(group: 100), conditions: ["limit --limit 5/sec"], growth: 4, text: "limited")]
        let result = compare(Self.facts(rules)) { $0.logged = (3, 1) }
        #expect(result.reasons == [.sampled: 14])
        #expect(result.evidence.contains("limited") && result.evidence.contains("limit --limit 5/sec"))
    }

    @Test func whatARuleInFrontMayHaveTakenTheConditionOfOneThatLogsDidNotSurelyKeepFromIt() {
        var front = rule(.accept, growth: 14)
        front.rule.match.tests = [RuleMatch.Test(.tracking(.established))]
        let limited = rule(.log(group: 100), conditions: ["limit --limit 1/day"], growth: 4, text: "limited")
        for (rules, isSure) in [([front, limited], false), ([limited, front], true)] {
            let result = compare(Self.facts(rules)) { $0.logged = (3, 1) }
            #expect(result.reasons == [.sampled: 14])
            #expect(result.sessions.flatMap(\.differences).allSatisfy { $0.isCertain == isSure })
            #expect(result.evidence.contains("of what comes to it, which these may not have") == !isSure)
        }
        // What is of another state it would not have logged, had it come.
        var first = rule(.log(group: 100), growth: 4)
        first.rule.match.tests = [RuleMatch.Test(.tracking(.new))]
        let sampled = compare(Self.facts([front, first])) { $0.logged = (3, 0) }.sessions.flatMap(\.differences)
            .filter { $0.reason == .sampled }
        #expect(sampled.map(\.packetCount) == [7])
        #expect(sampled.allSatisfy { $0.isCertain })
    }

    @Test func whatNoRuleMeansIsNotLogged() {
        let rules = [rule(.log(group: 100), port: 80, growth: 4), rule(.log(group: 7), growth: 4)]
        let result = compare(Self.facts(rules))
        #expect(result.sessions.isEmpty)
        #expect(result.summary.unloggedCount == 1)
    }

    @Test func whatWasLoggedOneWayIsNotLoggedTheOther() {
        var rule = rule(.log(group: 100), growth: 10)
        rule.rule.match.tests = [RuleMatch.Test(.destinationPort([443...443]))]
        let result = compare(Self.facts([rule])) { $0.logged = (10, 0) }
        #expect(result.reasons == [.notLogged: 8])
        #expect(result.evidence.contains("no rule logs these packets to group 100"))
    }

    @Test func whereRulesCameAndWentNobodyIsSureThatNoneLogged() {
        func ruleset(_ port: UInt16) -> FirewallRuleset {
            var rule = rule(.log(group: 100), port: port, growth: nil, text: "port \(port)").rule
            rule.counters = Counters(packetCount: 10, byteCount: 1000)
            var table = FirewallTable(family: "ip", name: "filter")
            table.chains = [FirewallChain("FORWARD", at: HookPlace(.forward, 0))]
            table.chains[0].rules = [rule]
            return FirewallRuleset([table])
        }
        var facts = Self.facts([])
        for port: UInt16 in [80, 443] {
            facts.rules = WatchedRuleset(before: ruleset(port), after: ruleset(80))
            let result = compare(facts) { $0.logged = (10, 0) }
            #expect(result.reasons == [.notLogged: 8])
            #expect(result.sessions.flatMap(\.differences).allSatisfy { $0.isCertain == (port == 80) })
        }
    }

    /// A chain of FORWARD with these rules, each with a counter.
    private static func forward(_ rules: [FirewallRule], generation: UInt32? = nil) -> FirewallRuleset {
        var table = FirewallTable(family: "ip", name: "filter")
        table.chains = [FirewallChain("FORWARD", at: HookPlace(.forward, 0))]
        table.chains[0].rules = rules
        var ruleset = FirewallRuleset([table])
        ruleset.generation = generation
        return ruleset
    }

    /// Ten packets there, of which six are in the log.
    private static func sixOfTen(_ before: FirewallRuleset, _ after: FirewallRuleset) -> ComparisonOutcome {
        var facts = facts([])
        facts.rules = WatchedRuleset(before: before, after: after)
        return compare(facts) {
            ($0.tracked, $0.first, $0.second, $0.logged) = ((10, 0), (10, 0), (10, 0), (6, 0))
        }
    }

    private static func counted(_ deed: RuleDeed, _ count: UInt64, _ conditions: [String] = []) -> FirewallRule {
        var rule = rule(deed, conditions: conditions, growth: nil, text: "\(deed)").rule
        rule.counters = Counters(packetCount: count, byteCount: 100 * count)
        return rule
    }

    @Test func aRuleThatCameLaterIsNotSurelyWhyTheFirstPacketsAreNotLogged() {
        let new = Self.sixOfTen(Self.forward([]), Self.forward([Self.counted(.log(group: 100), 6)]))
        #expect(new.reasons == [.sampled: 4])
        #expect(new.sessions.flatMap(\.differences).map(\.isCertain) == [false])
        #expect(new.evidence.contains("logs them, and is new: what passed before did not come to it"))
        #expect(new.evidence.contains("the firewall's rules changed meanwhile: one is new"))
    }

    @Test(arguments: [[], ["limit --limit 5/sec"]])
    func whyARuleDidNotLogAllIsNotSureWhereOthersCame(conditions: [String]) {
        func log(_ count: UInt64) -> FirewallRule { Self.counted(.log(group: 100), count, conditions) }
        let same = Self.sixOfTen(Self.forward([log(0)]), Self.forward([log(6)]))
        #expect(same.reasons == [.sampled: 4])
        #expect(same.sessions.flatMap(\.differences).map(\.isCertain) == [true])
        // Before it came one that may have kept some from it.
        let other = Self.counted(.accept, 4, ["limit --limit 1/sec"])
        let changed = Self.sixOfTen(Self.forward([log(0)]), Self.forward([other, log(6)]))
        #expect(changed.reasons == [.sampled: 4])
        #expect(changed.sessions.flatMap(\.differences).map(\.isCertain) == [false])
        #expect(changed.evidence.contains("the firewall's rules changed meanwhile: one is new"))
    }

    @Test func rulesThatCameAndWentAreToldByTheirGeneration() {
        for generation: UInt32 in [7, 9] {
            let result = Self.sixOfTen(
                Self.forward([Self.counted(.log(group: 100), 0)], generation: 7),
                Self.forward([Self.counted(.log(group: 100), 6)], generation: generation))
            #expect(result.reasons == [.sampled: 4])
            #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [generation == 7])
            #expect(
                result.evidence.contains("somebody changed nftables' rules or sets meanwhile") == (generation != 7))
        }
    }

    @Test func aConditionIsNotSurelyWhyWhereTheSocketLostSome() {
        let rules = [rule(.log(group: 100), conditions: ["limit --limit 5/sec"], growth: 4)]
        for lost: UInt64 in [0, 1] {
            let result = compare(Self.facts(rules, lost: lost)) { $0.logged = (3, 1) }
            #expect(result.reasons == [.sampled: 14])
            #expect(result.sessions.flatMap(\.differences).allSatisfy { $0.isCertain == (lost == 0) })
        }
    }

    @Test func whatTheSocketLostIsItsOwnAndCounted() {
        let rules = [rule(.log(group: 100), growth: 18)]
        let result = compare(Self.facts(rules, lost: 5)) { $0.logged = (8, 5) }
        #expect(result.reasons == [.lostBySource: 5])
        #expect(result.evidence.contains("nflog lost 5 packets"))
    }

    @Test func aSessionOfWhichTheLogLostAllIsNotOneThatNoRuleLogs() {
        let rules = watched([rule(.log(group: 100), growth: 18)])
        for (lost, unread): (UInt64, UInt64) in [(18, 0), (0, 18), (0, 0)] {
            // As it goes on nobody knows what was lost.
            var facts = Self.facts([])
            facts.rules = WatchedRuleset(rules.ruleset)
            var comparison = Comparison(facts, names: someNames())
            comparison.add(SessionBuilder().compared)
            facts.rules = rules
            (facts.lostCounts.nflog, facts.malformedCounts.nflog) = (lost, unread)
            let result = comparison.conclude(facts, names: someNames())
            #expect(result.reasons == (lost + unread > 0 ? [.lostBySource: 18] : [:]))
            #expect(result.summary.unloggedCount == (lost + unread > 0 ? 0 : 1))
        }
    }

    @Test func whatItCouldNotReadOrCountIsLostToo() {
        let rules = [rule(.log(group: 100), growth: 18)]
        var facts = Self.facts(rules)
        facts.malformedCounts.nflog = 2
        // What else was lost was so at another time.
        facts.lostCounts.nflog = 1
        facts.lossSpans[.nflog] = LossSpan(at: Timestamp(seconds: 1090, nanoseconds: 0))
        let unread = compare(facts) { $0.logged = (8, 8) }
        #expect(unread.reasons == [.lostBySource: 2])
        #expect(unread.evidence.contains("nflog lost 1 packet, could not read 2 packets"))
        #expect(unread.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        var uncounted = Self.facts(rules)
        uncounted.uncountedCounts.nflog = 1
        let open = compare(uncounted) { $0.logged = (3, 8) }
        #expect(open.reasons == [.lostBySource: 7])
        #expect(open.evidence.contains("nflog lost packets of which nobody knows how many"))
        #expect(open.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
    }

    @Test func aRuleThatPacketsDoNotComeToHasACounterThatSaysSo() {
        let rules = [rule(.log(group: 100), growth: 4, text: "late")]
        let result = compare(Self.facts(rules)) { $0.logged = (2, 2) }
        #expect(result.reasons == [.sampled: 14])
        #expect(result.evidence.contains("has seen only 4 packets"))
    }

    @Test func withoutKnownRulesTheSequenceNumbersTellThatNothingWasLost() {
        let result = compare(Self.facts(nil)) { $0.logged = (2, 8) }
        #expect(result.reasons == [.sampled: 8])
    }

    @Test func withoutKnownRulesNobodyKnowsWhetherOneLogsTheOtherWayAndPickedNoneOfIt() {
        let result = compare(Self.facts(nil)) { $0.logged = (1, 0) }
        #expect(result.reasons == [.sampled: 9, .notLogged: 8])
        for difference in result.sessions.flatMap(\.differences) {
            #expect(difference.isCertain == (difference.reason == .sampled))
        }
    }

    @Test func aGroupThatNothingFeedsIsMissingNothing() {
        #expect(compare(Self.facts([])).sessions.isEmpty)
        #expect(compare(Self.facts(nil)).sessions.isEmpty)
    }

    @Test func fragmentsThatWereLoggedInPiecesAreFragments() {
        var builder = SessionBuilder()
        builder.logged = (30, 8)
        var compared = builder.compared
        compared.session.taps.first?.original.fragmentCount = 30
        compared.session.taps.first?.original.seen = Counters(packetCount: 30, byteCount: 3000)
        var comparison = Comparison(Self.facts([rule(.log(group: 100), growth: 38)]), names: someNames())
        comparison.add(compared)
        #expect(comparison.conclude().summary.reasons.keys.allSatisfy { $0 == .fragments })
    }

    @Test func whatWasDroppedBeforeTheRuleThatLogsIsNotMissedThere() {
        let rules = [
            rule(.drop, at: HookPlace(.prerouting, -300), growth: 3),
            rule(.log(group: 100), conditions: ["limit --limit 5/sec"], growth: 1),
        ]
        let result = compare(Self.facts(rules)) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
        #expect(result.reasons == [.droppedBeforeConntrack: 3])
    }

    @Test func aRuleThatAsksForOneWayLogsThatWay() {
        var watched = rule(.log(group: 100), growth: 10)
        watched.rule.match = RuleMatch(tests: [RuleMatch.Test(.inInterface(["lan*"]))])
        let result = compare(Self.facts([watched])) { $0.logged = (10, 0) }
        #expect(result.reasons == [.notLogged: 8])
    }

    @Test func whatLacksInTheLogOneWayIsNotAlsoASessionThatNoRuleLogs() {
        // Of the answers no rule means any; of what was asked one saw a part, and what it logged got lost.
        var watched = rule(.log(group: 100), growth: 4)
        watched.rule.match = RuleMatch(tests: [RuleMatch.Test(.inInterface(["lan*"]))])
        var facts = Self.facts([watched])
        facts.lostCounts.nflog = 4
        let result = compare(facts)
        #expect(result.reasons == [.notLogged: 6, .lostBySource: 4])
        #expect(result.summary.unloggedCount == 0)
        #expect(result.summary.reasons[.notLogged]?.sessionCount == 1)
        // What was asked the rule saw, and all that it logged got lost, or it logs only some.
        watched.growth = 10
        let lost = compare(Self.facts([watched], lost: 10))
        #expect(lost.reasons == [.lostBySource: 10])
        #expect(lost.summary.unloggedCount == 0)
        watched.rule.match.conditions = ["limit --limit 5/sec"]
        let some = compare(Self.facts([watched]))
        #expect(some.reasons == [.sampled: 10])
        #expect(some.summary.unloggedCount == 0)
    }

    @Test func aLogOfPacketsThatPassedIsNoProofThatTheyWereDenied() {
        func outcome(left: UInt64) -> ComparisonOutcome {
            var denial = Denial(rule: .none, verdict: .drop, at: SessionBuilder().startTime)
            denial.count = 5
            var logging = rule(.log(group: 100), growth: 10)
            logging.rule.effects = [.log(group: 100, prefix: "drop:")]
            let denying = rule(.drop, growth: nil, text: "drop")
            return compare(Self.facts([logging, denying])) {
                ($0.tracked, $0.first, $0.second, $0.logged) = ((10, 0), (10, 0), (left, 0), (10, 0))
                $0.denials = [denial]
            }
        }
        let proof = outcome(left: 5)
        #expect(proof.reasons == [.denied: 5])
        #expect(proof.sessions.flatMap(\.differences).allSatisfy { $0.isCertain })
        let doubtful = outcome(left: 7)
        #expect(doubtful.reasons == [.denied: 3])
        #expect(doubtful.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
    }

    /// Ten packets that came in and that conntrack counted, of which so many left, where that is captured, and rules that log some.
    private static func tenCame(_ rules: [PlacedRule]?, left: UInt64?, logged: UInt64) -> ComparisonOutcome {
        var facts = facts(rules)
        if left == nil { facts.interfaces = [SessionBuilder.client] }
        return compare(facts) {
            ($0.tracked, $0.first, $0.second) = ((10, 0), (10, 0), left.map { ($0, 0) })
            $0.logged = (logged, 0)
        }
    }

    @Test func whatARuleMayHaveDroppedBeforeItCameToTheLogIsNotSampled() {
        let log = rule(.log(group: 100), growth: 6, text: "log all")
        func drop(_ count: UInt64) -> PlacedRule {
            rule(.drop, conditions: ["limit --limit 5/sec"], growth: count, text: "drop some")
        }
        // By the interface that is captured they only came in.
        let dropped = Self.tenCame([drop(4), log], left: nil, logged: 6)
        #expect(dropped.reasons == [.droppedAfterConntrack: 4])
        #expect(dropped.sessions.flatMap(\.differences).map(\.isCertain) == [false])
        #expect(dropped.evidence.contains("drop some may mean these packets, and its counter rose by 4"))
        // It did not count them all.
        let doubtful = Self.tenCame([drop(2), log], left: nil, logged: 6)
        #expect(doubtful.reasons == [.sampled: 4])
        #expect(doubtful.sessions.flatMap(\.differences).map(\.isCertain) == [false])
        #expect(doubtful.evidence.contains("before it, rule ip filter FORWARD: drop some may mean these packets"))
        // It counted none, or stands behind, and so took none from the log.
        for rules in [[drop(0), log], [log, drop(4)]] {
            let sampled = Self.tenCame(rules, left: nil, logged: 6)
            #expect(sampled.reasons == [.sampled: 4])
            #expect(sampled.sessions.flatMap(\.differences).map(\.isCertain) == [true])
        }
    }

    @Test func whatDidNotLeaveIsMissingInTheLogOnlyWhereItCameToIt() {
        let rules = [
            rule(.drop, conditions: ["limit --limit 5/sec"], growth: 4, text: "drop some"),
            rule(.log(group: 100), conditions: ["statistic --probability 0.5"], growth: 3, text: "log some"),
        ]
        let both = Self.tenCame(rules, left: 6, logged: 3)
        #expect(both.reasons == [.droppedAfterConntrack: 4, .sampled: 3])
        #expect(both.sessions.flatMap(\.differences).first { $0.reason == .sampled }?.isCertain == true)
        // Behind the log it dropped none that are missing there.
        let behind = Self.tenCame([rules[1], rules[0]], left: 6, logged: 3)
        #expect(behind.reasons == [.droppedAfterConntrack: 4, .sampled: 7])
        #expect(behind.sessions.flatMap(\.differences).first { $0.reason == .sampled }?.isCertain == true)
        // What is dropped before conntrack it does not count: of what it counted all came to the log.
        let early = rule(.drop, at: HookPlace(.prerouting, -300), growth: 2, text: "drop early")
        let tracked = compare(Self.facts([early, rules[1]])) {
            ($0.tracked, $0.first, $0.second, $0.logged) = ((8, 0), (10, 0), (8, 0), (3, 0))
        }
        #expect(tracked.reasons == [.droppedBeforeConntrack: 2, .sampled: 5])
        #expect(tracked.sessions.flatMap(\.differences).first { $0.reason == .sampled }?.more == .conntrack)
        // What it dropped were others.
        let none = Self.tenCame(rules, left: 10, logged: 3)
        #expect(none.reasons == [.sampled: 7])
        #expect(none.sessions.flatMap(\.differences).map(\.isCertain) == [true])
    }

    @Test func whatMayHaveGoneAnotherWayDidNotSurelyComeToTheLog() {
        for (left, changes, hook, isSure) in [
            (10, RouteChanges(concernsAll: true), .forward, true), (6, RouteChanges(), .forward, true),
            (6, RouteChanges(concernsAll: true), .forward, false),
            (6, RouteChanges(concernsAll: true), .prerouting, true),
            (6, RouteChanges(concernsAll: true), .postrouting, false),
        ] as [(UInt64, RouteChanges, NetfilterHook, Bool)] {
            let log = rule(
                .log(group: 100), at: HookPlace(hook, 0), conditions: ["statistic --probability 0.5"], growth: 3,
                text: "log some")
            var facts = Self.facts([log])
            facts.routeChanges = changes
            let result = compare(facts) {
                ($0.tracked, $0.first, $0.second, $0.logged) = ((10, 0), (10, 0), (left, 0), (3, 0))
            }
            let sampled = result.sessions.flatMap(\.differences).filter { $0.reason == .sampled }
            #expect(sampled.map(\.packetCount) == [7])
            #expect(sampled.map(\.isCertain) == [isSure], "\(left)")
            #expect(result.evidence.contains("which way they went is not known for sure") != isSure)
        }
    }

    @Test func withoutKnownRulesSomethingMayHaveDroppedWhatWasNotLogged() {
        for left: UInt64? in [10, nil] {
            let result = Self.tenCame(nil, left: left, logged: 3)
            #expect(result.reasons == [.sampled: 7])
            #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [left != nil])
        }
    }

    @Test func aDropThatIsLoggedWithALimitIsSampled() {
        var denial = Denial(rule: .none, verdict: .drop, at: SessionBuilder().startTime)
        denial.count = 3
        let rules = [
            rule(.log(group: 100), conditions: ["limit --limit 1/s"], growth: 3, text: "some of them"),
            rule(.drop, growth: 10, text: "all of them"),
        ]
        let result = compare(Self.facts(rules)) {
            ($0.tracked, $0.first, $0.second, $0.logged) = (nil, (10, 0), nil, (3, 0))
            $0.denials = [denial]
        }
        #expect(result.reasons == [.denied: 10, .sampled: 7])
    }
}
