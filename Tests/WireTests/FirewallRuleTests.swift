import FlowModel
import Testing

@testable import Wire

/// The rules that bear on what the lanes count, as the firewall's tools write them.
struct FirewallRuleTests {
    static let saved = #"""
        *raw
        :PREROUTING ACCEPT [5:300]
        :OUTPUT ACCEPT [0:0]
        [12:720] -A PREROUTING -s 10.0.0.0/24 -p tcp -m tcp --dport 81 -j DROP
        [3:180] -A PREROUTING -p udp -m udp --sport 1:100 ! --dport 53 -j CT --notrack
        COMMIT
        *filter
        :INPUT DROP [7:420]
        :FORWARD ACCEPT [0:0]
        :USER - [0:0]
        :DEEP - [0:0]
        [0:0] -A FORWARD -i lan+ ! -o wan0 -p tcp -m multiport --dports 22,80:90 -m statistic --mode nth --every 10 --packet 0 -j NFLOG --nflog-prefix "-j DROP" --nflog-group 100
        [1:60] -A FORWARD -m comment --comment "-j DROP" -j ACCEPT
        [1:60] -A FORWARD -p tcp -j USER
        [1:60] -A USER -g DEEP
        [2:61] -A DEEP -p icmp -m icmp --icmp-type 8 -j REJECT --reject-with icmp-host-prohibited
        [2:61] -A DEEP -m conntrack --ctstate NEW -m limit --limit 5/sec -j NFLOG
        [9:9] -A LOST -j DROP
        [4:4] -A FORWARD -d 192.0.2.9/32 -j DROP
        [5:5] -A FORWARD -d 192.0.2.9/32 -j DROP
        COMMIT
        """#

    static let listing = """
        table inet x { # handle 1
        	counter c { # handle 6
        		packets 0 bytes 0
        	}

        	chain pre { # handle 1
        		type filter hook prerouting priority raw; policy accept;
        		tcp dport 81 counter packets 12 bytes 720 drop # handle 8
        		udp dport { 53-60, 99 } counter packets 3 bytes 4 notrack # handle 10
        		ip saddr @s drop # handle 11
        		ip saddr { 10.0.0.1, 10.2.0.0/16 } ip daddr != 192.168.0.0/16 drop # handle 13
        		icmpv6 type { nd-router-advert, 135 } drop # handle 14
        	}

        	chain u { # handle 2
        		meta mark 0x00000005 drop # handle 15
        		goto v # handle 16
        	}

        	chain v { # handle 3
        		ip6 saddr 2001:db8::/32 drop # handle 17
        		tcp dport 7 jump {
        			log group 9
        			drop
        		} # handle 21
        	}

        	chain fwd1 { # handle 4
        		type filter hook forward priority filter + 10; policy drop;
        		ct state established,related accept # handle 22
        		iifname "lan*" oifname != "wan0" meta l4proto { tcp, udp } th dport 22 log prefix "a drop" group 100 limit rate 5/second counter packets 0 bytes 0 # handle 24
        		jump u # handle 26
        		icmp type echo-request counter packets 0 bytes 0 reject with icmp port-unreachable # handle 27
        		ip protocol icmp counter packets 4 bytes 5 drop comment "hello" # handle 29
        		tcp dport vmap { 22 : drop, 80 : accept } # handle 31
        		tcp dport != { 1, 2 } tcp sport >= 1024 counter name "c" drop # handle 40
        		oif "lo" xt match "bpf" drop # handle 41
        	}
        }
        table netdev n { # handle 2
        	chain i { # handle 1
        		type filter hook ingress device "lo" priority filter; policy accept;
        		ip saddr 1.2.3.4 counter packets 0 bytes 0 drop # handle 2
        	}
        }
        """

    private static func saved(_ text: String = saved) -> [FirewallTable] {
        SavedRuleset(text, family: "ip", command: "iptables-legacy", isLegacy: true).tables
    }

    static func rules(_ tables: [FirewallTable]) -> [FirewallRule] {
        tables.flatMap { $0.chains.flatMap(\.rules) }
    }

    private static func rule(_ tables: [FirewallTable], _ text: String) throws -> FirewallRule {
        try #require(rules(tables).first { $0.text.contains(text) }, "\(text)")
    }

    private static func chain(_ tables: [FirewallTable], _ name: String) throws -> FirewallChain {
        try #require(tables.flatMap(\.chains).first { $0.name == name }, "\(name)")
    }

    @Test func aSavedRuleSaysWhatItAsksForWhereItStandsAndWhatItCounted() throws {
        let tables = Self.saved()
        let drop = try Self.rule(tables, "--dport 81")
        #expect(drop.verdict == .drop)
        #expect(try Self.chain(tables, "PREROUTING").place == HookPlace(.prerouting, -300))
        #expect(drop.counters == Counters(packetCount: 12, byteCount: 720))
        #expect(drop.text == "-s 10.0.0.0/24 -p tcp -m tcp --dport 81 -j DROP")
        #expect(drop.match.conditions.isEmpty)
        #expect(drop.match.tests.contains(.init(.destinationPort([81...81]))))
        #expect(drop.match.tests.contains(.init(.transport([.tcp]))))
        let untrack = try Self.rule(tables, "notrack")
        #expect(untrack.effects == [.untrack])
        #expect(untrack.verdict == nil)
        #expect(untrack.match.tests.contains(.init(.sourcePort([1...100]))))
        #expect(untrack.match.tests.contains(.init(.destinationPort([53...53]), isNegated: true)))
    }

    @Test func whatPicksSomePacketsOnlyIsACondition() throws {
        let tables = Self.saved()
        let log = try Self.rule(tables, "statistic")
        #expect(log.effects == [.log(group: 100, prefix: "-j DROP")])
        #expect(log.match.conditions == ["statistic --mode nth --every 10 --packet 0"])
        #expect(log.match.tests.contains(.init(.inInterface(["lan*"]))))
        #expect(log.match.tests.contains(.init(.outInterface(["wan0"]), isNegated: true)))
        #expect(log.match.tests.contains(.init(.destinationPort([22...22, 80...90]))))
        let limited = try Self.rule(tables, "ctstate")
        #expect(limited.effects == [.log(group: 0)])
        #expect(limited.match.tests == [.init(.tracking(.new))])
        #expect(limited.match.choices == ["limit --limit 5/sec", "ct state new"])
    }

    @Test func rulesStandInTheirOrderWithWhatBecomesOfPackets() throws {
        let tables = Self.saved()
        #expect(
            try Self.chain(tables, "FORWARD").rules.map(\.verdict) == [nil, .accept, .jump("USER"), .drop, .drop])
        #expect(try Self.chain(tables, "USER").rules.map(\.verdict) == [.goto("DEEP")])
        #expect(try Self.chain(tables, "DEEP").rules.map(\.verdict) == [.reject, nil])
        #expect(try Self.chain(tables, "DEEP").place == nil)
        #expect(try Self.rule(tables, "REJECT").match.tests.contains(.init(.icmpType([8]))))
        #expect(try Self.chain(tables, "LOST").rules.map(\.verdict) == [.drop])
    }

    @Test(arguments: [
        ("-j RETURN", RuleVerdict.return), ("-j NFQUEUE --queue-num 3", .queue), ("-j MASQUERADE", .accept),
        ("-j DNAT --to-destination 10.0.0.1", .accept), ("-j REJECT --reject-with tcp-reset", .reject),
        ("-j MARK --set-xmark 0x1/0xffffffff", nil), ("-j LOG --log-prefix \"-j DROP\"", nil), ("", nil),
        ("-j SOMEBODYS --own 5", .jump("SOMEBODYS")),
    ])
    func aTargetOfIPTablesIsKnownByWhatBecomesOfPackets(words: String, verdict: RuleVerdict?) throws {
        let tables = Self.saved("*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p udp \(words)\nCOMMIT\n")
        #expect(Self.rules(tables).map(\.verdict) == [verdict])
    }

    @Test func aPolicyThatDropsIsTheChainsLastRule() throws {
        let tables = Self.saved()
        let policies = Self.rules(tables).filter(\.isPolicy)
        #expect(policies.count == 1)
        let input = try Self.chain(tables, "INPUT")
        #expect(input.rules.last?.counters == Counters(packetCount: 7, byteCount: 420))
        // Of nf_tables' the kernel says which there are.
        let nft = SavedRuleset(Self.saved, family: "ip", command: "iptables-nft", isLegacy: false).tables
        #expect(Self.rules(nft).filter(\.isPolicy).map(\.counters) == [nil])
        let twins = Self.rules(tables).filter { $0.text.contains("192.0.2.9") }
        #expect(Set(twins.map(\.name)).count == 2)
        let listed = NFTRuleset(Self.listing).tables
        let forward = try Self.chain(listed, "fwd1")
        #expect(forward.rules.last?.isPolicy == true)
        #expect(Self.rules(listed).filter(\.isPolicy).count == 1)
    }

    @Test func aRuleOfNFTSaysTheSame() throws {
        let tables = NFTRuleset(Self.listing).tables
        let drop = try Self.rule(tables, "tcp dport 81")
        #expect(drop.text == "tcp dport 81 counter drop")
        #expect(drop.name == "handle 8")
        #expect(drop.counters == Counters(packetCount: 12, byteCount: 720))
        #expect(try Self.chain(tables, "pre").place == HookPlace(.prerouting, -300))
        #expect(drop.match.tests == [.init(.transport([.tcp])), .init(.destinationPort([81...81]))])
        #expect(drop.match.conditions.isEmpty)
        #expect(try Self.rule(tables, "notrack").match.tests.contains(.init(.destinationPort([53...60, 99...99]))))
        #expect(try Self.rule(tables, "@s").match.conditions == ["ip saddr @s"])
        let ranges = try Self.rule(tables, "10.2.0.0/16").match.tests
        #expect(ranges.filter(\.isNegated).count == 1)
        // Not being there is asked of IPv4 alone.
        #expect(ranges.contains(.init(.family(.ipv4))))
        #expect(try Self.rule(tables, "nd-router-advert").match.tests.contains(.init(.icmpType([134, 135]))))
        let reject = try Self.rule(tables, "reject")
        #expect(reject.verdict == .reject)
        #expect(reject.counters == Counters())
        #expect(try Self.rule(tables, "hello").counters == Counters(packetCount: 4, byteCount: 5))
        let ingress = try Self.chain(tables, "i")
        #expect(ingress.place == HookPlace(.ingress, 0))
        #expect(ingress.devices == ["lo"])
        #expect(tables.map(\.hasForeignParts) == [true, false])
    }

    @Test func nftsLogRulesKeepTheirConditionsAndTheirTexts() throws {
        let tables = NFTRuleset(Self.listing).tables
        let log = try Self.rule(tables, "a drop")
        #expect(log.effects == [.log(group: 100, prefix: "a drop")])
        #expect(try Self.chain(tables, "fwd1").place == HookPlace(.forward, 10))
        // The limit stands behind the statement, and the counter behind the limit.
        #expect(log.match.conditions.isEmpty)
        #expect(log.counters == nil)
        #expect(log.match.tests.contains(.init(.inInterface(["lan*"]))))
        #expect(log.match.tests.contains(.init(.transport([.tcp, .udp]))))
        #expect(log.match.tests.contains(.init(.destinationPort([22...22]))))
    }

    @Test func aChainWithoutANameIsOneThatItsRuleJumpsTo() throws {
        let tables = NFTRuleset(Self.listing).tables
        let outermost = try Self.rule(tables, "tcp dport 7 jump")
        let target = try #require(outermost.verdict?.target)
        let inner = try Self.chain(tables, target)
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
        let rules = Self.rules("tcp dport vmap { 22 : drop, 80-90 : jump web, * : accept }")
        #expect(rules.map(\.verdict) == [.drop, .jump("web"), .accept])
        #expect(rules[0].match.tests == [.init(.transport([.tcp])), .init(.destinationPort([22...22]))])
        #expect(rules[1].match.tests.contains(.init(.destinationPort([80...90]))))
        #expect(rules[2].match == RuleMatch())
        let states = Self.rules("ct state vmap { invalid : drop, established : accept, related : accept }")
        #expect(states.map(\.match.tests) == [.invalid, .established, .related].map { [.init(.tracking($0))] })
        let pairs = Self.rules("iifname \"lan0\" ip saddr . tcp dport vmap { 10.0.0.1 . 22 : accept }")
        #expect(pairs[0].match.conditions == ["ip saddr . tcp dport 10.0.0.1 . 22"])
        #expect(pairs[0].match.tests == [.init(.inInterface(["lan0"]))])
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
        #expect(Self.rules(terse.tables).map(\.verdict) == [.unknown])
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
        #expect(Self.rules(whole.tables).map(\.verdict) == [.drop, .accept])
    }

    @Test func namedCountersAreTheRules() throws {
        let named = try Self.rule(NFTRuleset(Self.listing).tables, "name \"c\"")
        #expect(named.counters == Counters())
        #expect(named.match.tests.contains(.init(.sourcePort([1024...65535]))))
        #expect(named.match.tests.contains(.init(.destinationPort([1...1, 2...2]), isNegated: true)))
    }

    @Test func countersBeforeRulesDoNotHideThoseThatLog() {
        let tables = Self.saved()
        #expect(tables.flatMap(\.logRules).map(\.group) == [100, 0])
        #expect(FirewallRuleset(tables).usesConntrack)
    }

    @Test(arguments: [
        "fib saddr . mark oif missing", "iifname . oifname { \"a\" . \"b\" }", "ct original ip saddr 10.0.0.1",
        "ip saddr . tcp dport { 10.0.0.1 . 22 }", "limit rate 5/second", "meta mark 0x5",
    ])
    func whatATupleDoesNotTellIsOneCondition(text: String) throws {
        let rule = try Self.only("\(text) counter packets 1 bytes 2 drop")
        #expect(rule.match.conditions == [text])
        #expect(rule.match.tests.isEmpty)
        #expect(rule.counters == Counters(packetCount: 1, byteCount: 2))
    }

    @Test func aTestBehindAConditionIsStillOne() throws {
        let rule = try Self.only("fib daddr type unicast ct state new ip saddr 10.0.0.1 drop")
        #expect(rule.match.tests.contains { if case .source = $0.subject { true } else { false } })
        #expect(rule.match.tests.contains(.init(.tracking(.new))))
        #expect(rule.match.conditions == ["fib daddr type unicast"])
    }

    @Test func whatARuleSetsItDoesNotAskFor() throws {
        let rules = Self.rules(
            "ip saddr @s meta mark set 0x00000005 tcp dport 22 counter packets 1 bytes 2 accept")
        #expect(rules.map(\.effects) == [[.mark], []])
        #expect(rules.map(\.verdict) == [nil, .accept])
        #expect(rules[1].match.conditions == ["ip saddr @s"])
        #expect(rules[1].match.tests.contains(.init(.destinationPort([22...22]))))
        #expect(rules[1].counters?.packetCount == 1)
        #expect(try Self.only("ct helper set \"ftp\"").effects == [.helper])
        let status = try Self.only("ct status snat,dnat accept")
        #expect(status.match == RuleMatch(tests: [.init(.tracking(.translated))]) && status.effects.isEmpty)
        let none = try Self.only("ct status ! dnat accept")
        #expect(none.match.tests == [.init(.tracking(.destinationTranslated), isNegated: true)])
        for text in ["ct status dnat,confirmed accept", "ct status & dnat == dnat accept"] {
            let unknown = try Self.only(text)
            #expect(unknown.match.conditions.count == 1 && unknown.effects.isEmpty)
        }
        #expect(try Self.only("ct status dnat accept").effects.isEmpty)
    }

    @Test func notBeingATypeIsAskedOfICMPAlone() throws {
        let rule = try Self.only("icmp type != { echo-request } drop")
        #expect(rule.match.tests.contains(.init(.transport([.icmp]))))
        #expect(rule.match.tests.contains(.init(.icmpType([8]), isNegated: true)))
    }

    @Test func aCounterBeforeATestCountsOtherPacketsToo() throws {
        let rules = try ["counter packets 9 bytes 9 tcp dport 22 drop", "tcp dport 22 counter packets 9 bytes 9 drop"]
            .map(Self.only)
        #expect(rules.map(\.counters?.packetCount) == [nil, 9])
    }

    @Test func aRuleThatLogsBeforeALimitAndDropsBehindItIsTwo() throws {
        let rules = Self.rules("log group 5 limit rate 5/second counter packets 2 bytes 3 drop")
        #expect(rules.map(\.effects) == [[.log(group: 5)], []])
        #expect(rules.map(\.verdict) == [nil, .drop])
        #expect(rules.map(\.match.conditions) == [[], ["limit rate 5/second"]])
        #expect(rules.map(\.counters?.packetCount) == [nil, 2])
    }

    @Test func aCounterThatTwoRulesShareIsNeithers() {
        let chain = "chain c {\n type filter hook forward priority 0; policy accept;\n"
        let one = "counter c {\n packets 7 bytes 8\n }\n\(chain) tcp dport 1 counter name \"c\" drop\n"
        #expect(Self.rules(NFTRuleset("table ip t {\n\(one)}\n}").tables).map(\.counters?.packetCount) == [7])
        let two = "\(one) tcp dport 2 counter name \"c\" accept\n"
        #expect(Self.rules(NFTRuleset("table ip t {\n\(two)}\n}").tables).map(\.counters?.packetCount) == [nil, nil])
    }

    @Test func aPriorityMayBeAnyNumber() {
        let head = "type filter hook forward priority 9223372036854775807 + 1; policy drop;"
        #expect(Self.rules(NFTRuleset("table ip t {\nchain c {\n\(head)\n}\n}").tables).count == 1)
    }

    /// The rules that a text of one rule becomes, in a chain of the family inet.
    static func rules(_ text: String) -> [FirewallRule] {
        let head = "type filter hook forward priority 0; policy accept;"
        return rules(NFTRuleset("table inet t {\nchain c {\n\(head)\n\(text)\n}\n}").tables)
    }

    static func only(_ text: String) throws -> FirewallRule {
        let rules = rules(text)
        try #require(rules.count == 1)
        return rules[0]
    }

    @Test func noTextEndsTheProcess() {
        var generator = SeededGenerator(seed: 6)
        for text in [Self.saved, Self.listing] {
            let bytes = Array(text.utf8)
            for _ in 0..<300 {
                var changed = bytes
                for _ in 0..<Int.random(in: 1...12, using: &generator) {
                    let place = Int.random(in: 0..<changed.count, using: &generator)
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: changed[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1: changed.removeSubrange(place..<min(changed.count, place + 9))
                    default: changed.insert(contentsOf: "{ } ! - \" @".utf8, at: place)
                    }
                }
                let text = String(decoding: changed, as: UTF8.self)
                let tables =
                    NFTRuleset(text, maps: [text]).tables
                    + SavedRuleset(text, family: "ip6", command: "ip6tables", isLegacy: true).tables
                #expect(tables.flatMap(\.logRules).allSatisfy { $0.deletion.isEmpty || $0.onlyLogs })
            }
        }
    }
}
