import FlowModel
import Testing

@testable import Wire

/// The same as nft lists them.
struct NFTRuleTests {
    @Test func aRuleOfNFTSaysTheSame() throws {
        let tables = NFTRuleset(RuleSamples.listing).tables
        let drop = try RuleSamples.rule(tables, "tcp dport 81")
        #expect(drop.text == "tcp dport 81 counter drop")
        #expect(drop.name == "handle 8")
        #expect(drop.counters == Counters(packetCount: 12, byteCount: 720))
        #expect(try RuleSamples.chain(tables, "pre").place == HookPlace(.prerouting, -300))
        #expect(drop.match.tests == [.init(.transport([.tcp])), .init(.destinationPort([81...81]))])
        #expect(drop.match.conditions.isEmpty)
        #expect(
            try RuleSamples.rule(tables, "notrack").match.tests.contains(.init(.destinationPort([53...60, 99...99]))))
        #expect(try RuleSamples.rule(tables, "@s").match.conditions == ["ip saddr @s"])
        let ranges = try RuleSamples.rule(tables, "10.2.0.0/16").match.tests
        #expect(ranges.filter(\.isNegated).count == 1)
        // Not being there is asked of IPv4 alone.
        #expect(ranges.contains(.init(.family(.ipv4))))
        #expect(try RuleSamples.rule(tables, "nd-router-advert").match.tests.contains(.init(.icmpType([134, 135]))))
        let reject = try RuleSamples.rule(tables, "reject")
        #expect(reject.verdict == .reject)
        #expect(reject.counters == Counters())
        #expect(try RuleSamples.rule(tables, "hello").counters == Counters(packetCount: 4, byteCount: 5))
        let ingress = try RuleSamples.chain(tables, "i")
        #expect(ingress.place == HookPlace(.ingress, 0))
        #expect(ingress.devices == ["lo"])
        #expect(tables.map(\.hasForeignParts) == [true, false])
    }

    @Test func nftsLogRulesKeepTheirConditionsAndTheirTexts() throws {
        let tables = NFTRuleset(RuleSamples.listing).tables
        let log = try RuleSamples.rule(tables, "a drop")
        #expect(log.effects == [.log(group: 100, prefix: "a drop")])
        #expect(try RuleSamples.chain(tables, "fwd1").place == HookPlace(.forward, 10))
        // The limit stands behind the statement, and the counter behind the limit.
        #expect(log.match.conditions.isEmpty)
        #expect(log.counters == nil)
        #expect(log.match.tests.contains(.init(.inInterface(["lan*"]))))
        #expect(log.match.tests.contains(.init(.transport([.tcp, .udp]))))
        #expect(log.match.tests.contains(.init(.destinationPort([22...22]))))
    }

    @Test func aChainWithoutANameIsOneThatItsRuleJumpsTo() throws {
        let tables = NFTRuleset(RuleSamples.listing).tables
        let outermost = try RuleSamples.rule(tables, "tcp dport 7 jump")
        let target = try #require(outermost.verdict?.target)
        let inner = try RuleSamples.chain(tables, target)
        #expect(inner.isAnonymous)
        #expect(inner.rules.map(\.effects) == [[.log(group: 9)], []])
        #expect(inner.rules.map(\.verdict) == [nil, .drop])
        #expect(outermost.text == "tcp dport 7 jump { … }")
        #expect(inner.rules.allSatisfy { $0.handle == "21" })
        #expect(outermost.match.tests.contains(.init(.destinationPort([7...7]))))
        let outer = NFTRuleset("table ip t {\nchain c {\ntcp dport 7 jump {\ndrop\n} # handle 3\ncounter\n}\n}")
        #expect(outer.tables[0].logRules.isEmpty)
        #expect(outer.tables[0].chains.map(\.rules.count) == [2, 1])
    }

    @Test func anElementOfAMapIsARuleOfItsOwn() throws {
        let rules = RuleSamples.rules("tcp dport vmap { 22 : drop, 80-90 : jump web, * : accept }")
        #expect(rules.map(\.verdict) == [.drop, .jump("web"), .accept])
        #expect(rules[0].match.tests == [.init(.transport([.tcp])), .init(.destinationPort([22...22]))])
        #expect(rules[1].match.tests.contains(.init(.destinationPort([80...90]))))
        #expect(rules[2].match == RuleMatch())
        let states = RuleSamples.rules("ct state vmap { invalid : drop, established : accept, related : accept }")
        #expect(states.map(\.match.tests) == [.invalid, .established, .related].map { [.init(.tracking($0))] })
        let pairs = RuleSamples.rules("iifname \"lan0\" ip saddr . tcp dport vmap { 10.0.0.1 . 22 : accept }")
        let pair: [RuleMatch.Test] = [
            .init(.family(.ipv4)), .init(.source([RuleWords.addresses("10.0.0.1")].compactMap(\.self))),
            .init(.transport([.tcp])), .init(.destinationPort([22...22])),
        ]
        #expect(pairs[0].match.tests == [.init(.inInterface(["lan0"]))] + pair)
        #expect(pairs[0].match.isPlain)
    }

    @Test func aMapWithANameIsAskedFor() throws {
        let text = """
            table inet t {
            	map ports {
            		type inet_service : verdict
            	}
            	chain c {
            		type filter hook forward priority 0; policy accept;
            		tcp dport vmap @ports
            	}
            }
            """
        let terse = NFTRuleset(text)
        #expect(terse.unreadMaps.map(\.name) == ["ports"])
        #expect(RuleSamples.rules(terse.tables).map(\.verdict) == [.unknown])
        let map = """
            table inet t {
            	map ports {
            		type inet_service : verdict
            		elements = { 22 : drop,
            			     80 : accept }
            	}
            }
            """
        let whole = NFTRuleset(text, maps: [map])
        #expect(whole.unreadMaps.isEmpty)
        #expect(RuleSamples.rules(whole.tables).map(\.verdict) == [.drop, .accept])
    }

    @Test func namedCountersAreTheRules() throws {
        let named = try RuleSamples.rule(NFTRuleset(RuleSamples.listing).tables, "name \"c\"")
        #expect(named.counters == Counters())
        #expect(named.match.tests.contains(.init(.sourcePort([1024...65535]))))
        #expect(named.match.tests.contains(.init(.destinationPort([1...1, 2...2]), isNegated: true)))
    }

    @Test(arguments: [
        "fib saddr . mark oif missing", "iifname . ct mark { \"a\" . 0x1 }", "ct original ip saddr 10.0.0.1",
        "ip saddr . tcp dport { 10.0.0.1 . @x }", "limit rate 5/second", "meta mark { 0x5, 0x6 }",
    ])
    func whatATupleDoesNotTellIsOneCondition(text: String) throws {
        let rule = try RuleSamples.only("\(text) counter packets 1 bytes 2 drop")
        #expect(rule.match.conditions + rule.match.steadyConditions == [text])
        #expect(rule.match.tests.isEmpty)
        #expect(rule.counters == Counters(packetCount: 1, byteCount: 2))
    }

    @Test func aTestBehindAConditionIsStillOne() throws {
        let rule = try RuleSamples.only("fib daddr type unicast ct state new ip saddr 10.0.0.1 drop")
        #expect(rule.match.tests.contains { if case .source = $0.subject { true } else { false } })
        #expect(rule.match.tests.contains(.init(.tracking(.new))))
        #expect(rule.match.conditions == ["fib daddr type unicast"])
    }

    @Test func whatIsTheSameForAllPacketsOfASessionIsKeptApart() throws {
        func table(_ set: String, _ rule: String) -> [FirewallTable] {
            NFTRuleset("table ip t {\nset s {\n\(set)\n}\nchain c {\n\(rule) drop\n}\n}").tables
        }
        let fixed = "type inet_service\nflags interval"
        for rule in ["udp dport @s", "ip saddr . tcp dport != @s", "ip saddr & 255.0.0.255 == 10.0.0.7"] {
            let match = try #require(RuleSamples.rules(table(fixed, rule)).first).match
            #expect(match.steadyConditions == [rule] && match.conditions.isEmpty)
        }
        for rule in ["udp dport @other", "meta mark @s", "iifname . ip saddr @s", "ip dscp @s", "limit rate 5/second"] {
            let match = try #require(RuleSamples.rules(table(fixed, rule)).first).match
            #expect(match.steadyConditions.isEmpty && match.conditions == [rule])
        }
        for change in ["flags dynamic,timeout", "timeout 1h", "flags interval,timeout"] {
            let match = try #require(RuleSamples.rules(table("type inet_service\n\(change)", "udp dport @s")).first)
                .match
            #expect(match.conditions == ["udp dport @s"])
        }
    }

    @Test func whatARuleSetsItDoesNotAskFor() throws {
        let rules = RuleSamples.rules(
            "ip saddr @s meta mark set 0x00000005 tcp dport 22 counter packets 1 bytes 2 accept")
        #expect(rules.map(\.effects) == [[.mark(MarkChange(5))], []])
        #expect(rules.map(\.verdict) == [nil, .accept])
        #expect(rules[1].match.conditions == ["ip saddr @s"])
        #expect(rules[1].match.tests.contains(.init(.destinationPort([22...22]))))
        #expect(rules[1].counters?.packetCount == 1)
        #expect(try RuleSamples.only("ct helper set \"ftp\"").effects == [.helper])
        let hiding = try RuleSamples.only("udp dport 53 ct event set label")
        #expect(hiding.effects == [.limitEvents] && hiding.match.conditions.isEmpty)
        #expect(try RuleSamples.only("ct event set new,destroy").effects.isEmpty)
        let status = try RuleSamples.only("ct status snat,dnat accept")
        #expect(status.match == RuleMatch(tests: [.init(.tracking(.translated))]) && status.effects.isEmpty)
        let none = try RuleSamples.only("ct status ! dnat accept")
        #expect(none.match.tests == [.init(.tracking(.destinationTranslated), isNegated: true)])
        for text in ["ct status dnat,confirmed accept", "ct status & dnat == dnat accept"] {
            let unknown = try RuleSamples.only(text)
            #expect(unknown.match.conditions.count == 1 && unknown.effects.isEmpty)
        }
        #expect(try RuleSamples.only("ct status dnat accept").effects.isEmpty)
    }

    @Test func notBeingATypeIsAskedOfICMPAlone() throws {
        let rule = try RuleSamples.only("icmp type != { echo-request } drop")
        #expect(rule.match.tests.contains(.init(.transport([.icmp]))))
        #expect(rule.match.tests.contains(.init(.icmpType([8]), isNegated: true)))
    }

    @Test func aCounterBeforeATestCountsOtherPacketsToo() throws {
        let rules = try ["counter packets 9 bytes 9 tcp dport 22 drop", "tcp dport 22 counter packets 9 bytes 9 drop"]
            .map(RuleSamples.only)
        #expect(rules.map(\.counters?.packetCount) == [nil, 9])
    }

    @Test func aRuleThatLogsBeforeALimitAndDropsBehindItIsTwo() throws {
        let rules = RuleSamples.rules("log group 5 limit rate 5/second counter packets 2 bytes 3 drop")
        #expect(rules.map(\.effects) == [[.log(group: 5)], []])
        #expect(rules.map(\.verdict) == [nil, .drop])
        #expect(rules.map(\.match.conditions) == [[], ["limit rate 5/second"]])
        #expect(rules.map(\.counters?.packetCount) == [nil, 2])
    }

    @Test func aCounterThatTwoRulesShareIsNeithers() {
        let chain = "chain c {\n type filter hook forward priority 0; policy accept;\n"
        let one = "counter c {\n packets 7 bytes 8\n }\n\(chain) tcp dport 1 counter name \"c\" drop\n"
        #expect(RuleSamples.rules(NFTRuleset("table ip t {\n\(one)}\n}").tables).map(\.counters?.packetCount) == [7])
        let two = "\(one) tcp dport 2 counter name \"c\" accept\n"
        #expect(
            RuleSamples.rules(NFTRuleset("table ip t {\n\(two)}\n}").tables).map(\.counters?.packetCount) == [nil, nil])
    }

    @Test func aPriorityMayBeAnyNumber() {
        let head = "type filter hook forward priority 9223372036854775807 + 1; policy drop;"
        #expect(RuleSamples.rules(NFTRuleset("table ip t {\nchain c {\n\(head)\n}\n}").tables).count == 1)
    }
}
