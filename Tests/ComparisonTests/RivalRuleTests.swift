import Comparison
import FlowModel
import Testing
import Wire

/// Several rules whose counters fit alike: that one of them took the packets is told, and which one is not.
struct RivalRuleTests {
    private static let two = [
        "tcp dport @s counter packets 3 bytes 300 drop", "tcp dport @t counter packets 3 bytes 300 drop",
    ]

    /// Sessions to these ports that lack so many packets each, and rules in FORWARD that counted while they went on.
    private static func compare(
        _ rules: [String], _ sessions: [(port: UInt16, lacking: UInt64)],
        facts change: (inout ComparisonFacts) -> Void = { _ in }
    ) -> ComparisonOutcome {
        let head = "type filter hook forward priority filter; policy accept;"
        let text = "table ip t {\nchain c {\n\(head)\n\(rules.joined(separator: "\n"))\n}\n}"
        let ruleset = FirewallRuleset(NFTRuleset(text).tables)
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: ruleset.withoutCounts, after: ruleset)
            change(&$0)
        }
        var comparison = Comparison(facts, names: someNames())
        for session in sessions {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = (nil, (session.lacking, 0), nil)
            builder.key.destinationPort = session.port
            comparison.add(builder.compared)
        }
        return comparison.conclude()
    }

    /// Like sessions from several ports.
    private static func outcome(
        _ facts: ComparisonFacts, sourcePorts: [UInt16], _ change: (inout SessionBuilder) -> Void
    ) -> ComparisonOutcome {
        var comparison = Comparison(facts, names: someNames())
        for port in sourcePorts {
            var builder = SessionBuilder()
            builder.key.sourcePort = port
            change(&builder)
            comparison.add(builder.compared)
        }
        return comparison.conclude()
    }

    @Test func ofTwoRulesThatCountedAlikeOneMayHaveTakenEachSessionsPackets() {
        let result = Self.compare(Self.two, [(71, 3), (72, 3)])
        #expect(result.reasons == [.denied: 6])
        #expect(result.sessions.count == 2)
        for difference in result.sessions.flatMap(\.differences) {
            #expect(!difference.isCertain)
            #expect(
                difference.evidence == [
                    "one of these rules may have taken them, as each counted just as many",
                    "rule ip t c: tcp dport @s counter drop may mean these packets, and its counter rose by 3",
                    "rule ip t c: tcp dport @t counter drop may mean these packets, and its counter rose by 3",
                ])
        }
        // None of them is said to account for anything.
        #expect(result.summary.ruleUses.isEmpty)
    }

    @Test func oneSessionMayBeThePreyOfEither() {
        let result = Self.compare(Self.two, [(71, 3)])
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.hasPrefix("one of these rules may have taken them"))
    }

    @Test func noMoreIsExplainedThanTheyCountedTogether() {
        let result = Self.compare(Self.two, [(71, 3), (72, 3), (73, 3)])
        #expect(result.reasons == [.unexplained: 9])
        #expect(result.evidence.contains("@s") && result.evidence.contains("@t"))
    }

    @Test func rulesThatTogetherCountedWhatAllSessionsLackMayHaveTakenIt() {
        let rules = [
            "tcp dport @s counter packets 6 bytes 600 drop", "tcp dport @t counter packets 5 bytes 500 drop",
        ]
        let result = Self.compare(rules, [(71, 3), (72, 4), (73, 4)])
        #expect(result.reasons == [.denied: 11])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(result.evidence.contains("one of these rules may have taken them, or several"))
        // One packet more, and it is chance.
        #expect(Self.compare(rules, [(71, 3), (72, 4), (73, 3)]).reasons == [.unexplained: 10])
        // Sessions that a filter hides were counted, too.
        let hidden = Self.compare(rules, [(71, 3), (72, 4), (73, 4)]) { $0.hidesSessions = true }
        #expect(hidden.reasons == [.unexplained: 11])
    }

    @Test(arguments: [false, true])
    func whatOnlyOneOfThemCanHaveTakenItKeeps(isOwnFirst: Bool) {
        // Only the first rule may mean the port 443.
        let rules = [
            "tcp dport @s counter packets 6 bytes 600 drop",
            "tcp dport != 443 ip saddr @t counter packets 3 bytes 300 drop",
        ]
        let rivals: [(UInt16, UInt64)] = [(71, 3), (72, 3)]
        let result = Self.compare(rules, isOwnFirst ? [(443, 3)] + rivals : rivals + [(443, 3)])
        #expect(result.reasons == [.denied: 9])
        let own = result.sessions.first { $0.session.record.original.destinationPort == 443 }
        #expect(own?.differences.flatMap(\.evidence).count == 1)
        #expect(result.summary.ruleUses.map(\.packetCount) == [3])
    }

    @Test func ofWhatNeverLeftOneOfThemMayHaveTakenAll() {
        let head = "type filter hook forward priority filter; policy accept;"
        let text = "table ip t {\nchain c {\n\(head)\n\(Self.two.joined(separator: "\n"))\n}\n}"
        let ruleset = FirewallRuleset(NFTRuleset(text).tables)
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: ruleset.withoutCounts, after: ruleset)
            $0.route = { _ in .interface(SessionBuilder.server) }
        }
        let result = Self.outcome(facts, sourcePorts: [1, 2]) {
            ($0.tracked, $0.first, $0.second) = ((3, 0), (3, 0), nil)
        }
        #expect(result.reasons == [.droppedAfterConntrack: 6])
        #expect(
            result.sessions.flatMap(\.differences).allSatisfy {
                $0.evidence.first == "one of these rules may have taken them, as each counted just as many"
            })
        // One more, and it is chance.
        let more = Self.outcome(facts, sourcePorts: [1, 2, 3]) {
            ($0.tracked, $0.first, $0.second) = ((3, 0), (3, 0), nil)
        }
        #expect(more.reasons == [.droppedAfterConntrack: 9])
        #expect(!more.evidence.contains("one of these rules"))
    }

    @Test func aRuleThatNobodyCountsIsNotSaidToHaveCountedAsMany() {
        let result = Self.compare(Self.two + ["tcp dport @u drop"], [(71, 3)])
        #expect(result.reasons == [.denied: 3])
        #expect(
            result.sessions.flatMap(\.differences).flatMap(\.evidence) == [
                "one of these rules may have taken them, as each counted just as many",
                "rule ip t c: tcp dport @s counter drop may mean these packets, and its counter rose by 3",
                "rule ip t c: tcp dport @t counter drop may mean these packets, and its counter rose by 3",
                "rules without a counter may have as well: rule ip t c: tcp dport @u drop",
            ])
    }

    @Test func ofTooManyRulesNobodyWouldLookForTheOne() {
        let rules = (0..<17).map { "tcp dport @s\($0) counter packets 3 bytes 300 drop" }
        #expect(Self.compare(Array(rules.prefix(16)), [(71, 3)]).reasons == [.denied: 3])
        #expect(Self.compare(rules, [(71, 3)]).reasons == [.unexplained: 3])
        // Of others that no such session comes to it is no matter.
        let some = "tcp dport 71 tcp dport @s counter packets 3 bytes 300 drop"
        let others = rules.map { $0.replacing("tcp dport", with: "tcp dport != 71 tcp dport") }
        let both = [some, some.replacing("@s", with: "@t")]
        #expect(Self.compare(both + others, [(71, 3), (72, 3)]).reasons == [.denied: 3, .unexplained: 3])
    }

    @Test func oneThatDeniesBesideOneThatMayLetPassLeavesTheOthersOpen() {
        // The port 443 the queue may have taken as well: how many the first one did nobody knows.
        let rules =
            [
                "tcp dport 443 ip saddr @q counter packets 9 bytes 900 queue to 1",
                "tcp dport != 443 ip saddr @t counter packets 3 bytes 300 drop",
            ] + Self.two.prefix(1)
        #expect(Self.compare(rules, [(71, 3), (72, 3)]).reasons == [.denied: 6])
        #expect(Self.compare(rules, [(71, 3), (72, 3), (443, 2)]).reasons == [.unexplained: 8])
    }

    /// One of two before conntrack, the other behind it.
    private static let apart =
        """
        table ip t {
        chain early {
        type filter hook prerouting priority raw; policy accept;
        \(two[0])
        }
        chain late {
        type filter hook forward priority filter; policy accept;
        \(two[1])
        }
        }
        """

    @Test func rulesOfWhichOneActsBeforeConntrackAreNotToldAsOneReason() {
        let result = RulesetTrial.denied(NFTRuleset(Self.apart).tables)
        #expect(result.reasons == [.unexplained: 3])
    }

    @Test func whatConntrackCountedTheRuleBehindItTookAndTheOtherTheRest() {
        let ruleset = FirewallRuleset(NFTRuleset(Self.apart).tables)
        let facts = someFacts { $0.rules = WatchedRuleset(before: ruleset.withoutCounts, after: ruleset) }
        // Of one session some each.
        let one = Self.outcome(facts, sourcePorts: [1]) {
            ($0.tracked, $0.first, $0.second) = ((7, 0), (10, 0), (4, 0))
        }
        #expect(one.reasons == [.droppedBeforeConntrack: 3, .droppedAfterConntrack: 3])
        #expect(one.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        // Of two sessions, whichever comes first.
        for order: [UInt16] in [[1, 2], [2, 1]] {
            var comparison = Comparison(facts, names: someNames())
            for port in order {
                var builder = SessionBuilder()
                builder.key.sourcePort = port
                (builder.tracked, builder.first, builder.second) =
                    port == 1 ? ((7, 0), (7, 0), (4, 0)) : (nil, (3, 0), nil)
                comparison.add(builder.compared)
            }
            let two = comparison.conclude()
            #expect(two.reasons == [.droppedBeforeConntrack: 3, .droppedAfterConntrack: 3])
            #expect(two.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        }
    }
}
