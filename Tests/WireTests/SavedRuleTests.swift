import FlowModel
import Testing

@testable import Wire

/// The rules that bear on what the lanes count, as iptables-save writes them.
struct SavedRuleTests {
    @Test func aSavedRuleSaysWhatItAsksForWhereItStandsAndWhatItCounted() throws {
        let tables = RuleSamples.tables()
        let drop = try RuleSamples.rule(tables, "--dport 81")
        #expect(drop.verdict == .drop)
        #expect(try RuleSamples.chain(tables, "PREROUTING").place == HookPlace(.prerouting, -300))
        #expect(drop.counters == Counters(packetCount: 12, byteCount: 720))
        #expect(drop.text == "-s 10.0.0.0/24 -p tcp -m tcp --dport 81 -j DROP")
        #expect(drop.match.conditions.isEmpty)
        #expect(drop.match.tests.contains(.init(.destinationPort([81...81]))))
        #expect(drop.match.tests.contains(.init(.transport([.tcp]))))
        let untrack = try RuleSamples.rule(tables, "notrack")
        #expect(untrack.effects == [.untrack])
        #expect(untrack.verdict == nil)
        #expect(untrack.match.tests.contains(.init(.sourcePort([1...100]))))
        #expect(untrack.match.tests.contains(.init(.destinationPort([53...53]), isNegated: true)))
    }

    @Test func aRuleThatHidesTheEndsOfSessionsIsKnownByItsEvents() throws {
        for (words, hides) in [("--ctevents mark", true), ("--ctevents new,destroy", false), ("--zone 5", false)] {
            let text = "*raw\n:PREROUTING ACCEPT [0:0]\n[5:165] -A PREROUTING -p udp -j CT \(words)\nCOMMIT\n"
            let tables = SavedRuleset(text, family: "ip", command: "iptables", isLegacy: false).tables
            let rule = try #require(tables.first?.chains.first?.rules.first)
            #expect(rule.effects == (hides ? [.limitEvents] : []), "\(words)")
        }
    }

    @Test func whatPicksSomePacketsOnlyIsACondition() throws {
        let tables = RuleSamples.tables()
        let log = try RuleSamples.rule(tables, "statistic")
        #expect(log.effects == [.log(group: 100, prefix: "-j DROP")])
        #expect(log.match.conditions == ["statistic --mode nth --every 10 --packet 0"])
        #expect(log.match.tests.contains(.init(.inInterface(["lan*"]))))
        #expect(log.match.tests.contains(.init(.outInterface(["wan0"]), isNegated: true)))
        #expect(log.match.tests.contains(.init(.destinationPort([22...22, 80...90]))))
        let limited = try RuleSamples.rule(tables, "ctstate")
        #expect(limited.effects == [.log(group: 0)])
        #expect(limited.match.tests == [.init(.tracking(.new))])
        #expect(limited.match.choices == ["limit --limit 5/sec", "ct state new"])
    }

    @Test func rulesStandInTheirOrderWithWhatBecomesOfPackets() throws {
        let tables = RuleSamples.tables()
        #expect(
            try RuleSamples.chain(tables, "FORWARD").rules.map(\.verdict) == [
                nil, .accept, .jump("USER"), .drop, .drop,
            ])
        #expect(try RuleSamples.chain(tables, "USER").rules.map(\.verdict) == [.goto("DEEP")])
        #expect(try RuleSamples.chain(tables, "DEEP").rules.map(\.verdict) == [.reject, nil])
        #expect(try RuleSamples.chain(tables, "DEEP").place == nil)
        #expect(try RuleSamples.rule(tables, "REJECT").match.tests.contains(.init(.icmpType([8]))))
        #expect(try RuleSamples.chain(tables, "LOST").rules.map(\.verdict) == [.drop])
    }

    @Test(arguments: [
        ("-j RETURN", RuleVerdict.return), ("-j NFQUEUE --queue-num 3", .queue), ("-j MASQUERADE", .accept),
        ("-j DNAT --to-destination 10.0.0.1", .accept), ("-j REJECT --reject-with tcp-reset", .reject),
        ("-j MARK --set-xmark 0x1/0xffffffff", nil), ("-j LOG --log-prefix \"-j DROP\"", nil), ("", nil),
        ("-j SOMEBODYS --own 5", .jump("SOMEBODYS")),
    ])
    func aTargetOfIPTablesIsKnownByWhatBecomesOfPackets(words: String, verdict: RuleVerdict?) throws {
        let tables = RuleSamples.tables("*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p udp \(words)\nCOMMIT\n")
        #expect(RuleSamples.rules(tables).map(\.verdict) == [verdict])
    }

    @Test func countersBeforeRulesDoNotHideThoseThatLog() {
        let tables = RuleSamples.tables()
        #expect(tables.flatMap(\.logRules).map(\.group) == [100, 0])
        #expect(FirewallRuleset(tables).usesConntrack)
    }
}
