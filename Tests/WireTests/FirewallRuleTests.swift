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

    private static func rule(_ rules: [FirewallRule], _ text: String) throws -> FirewallRule {
        try #require(rules.first { $0.text.contains(text) }, "\(text)")
    }

    @Test func aSavedRuleSaysWhatItAsksForWhereItStandsAndWhatItCounted() throws {
        let rules = SavedRuleset(Self.saved, family: "ip").rules
        let drop = try Self.rule(rules, "--dport 81")
        #expect(drop.effects == [.drop])
        #expect(drop.places == [HookPlace(.prerouting, -300)])
        #expect(drop.counters == Counters(packetCount: 12, byteCount: 720))
        #expect(drop.text == "-s 10.0.0.0/24 -p tcp -m tcp --dport 81 -j DROP")
        #expect(drop.match.conditions.isEmpty)
        #expect(drop.match.tests.contains(.init(.destinationPort([81...81]))))
        #expect(drop.match.tests.contains(.init(.transport([.tcp]))))
        let untrack = try Self.rule(rules, "notrack")
        #expect(untrack.effects == [.untrack])
        #expect(untrack.match.tests.contains(.init(.sourcePort([1...100]))))
        #expect(untrack.match.tests.contains(.init(.destinationPort([53...53]), isNegated: true)))
    }

    @Test func whatPicksSomePacketsOnlyIsACondition() throws {
        let rules = SavedRuleset(Self.saved, family: "ip").rules
        let log = try Self.rule(rules, "statistic")
        #expect(log.effects == [.log(group: 100)])
        #expect(log.match.conditions == ["statistic --mode nth --every 10 --packet 0"])
        #expect(log.match.tests.contains(.init(.inInterface(["lan*"]))))
        #expect(log.match.tests.contains(.init(.outInterface(["wan0"]), isNegated: true)))
        #expect(log.match.tests.contains(.init(.destinationPort([22...22, 80...90]))))
        let limited = try Self.rule(rules, "ctstate")
        #expect(limited.effects == [.log(group: 0)])
        #expect(limited.match.conditions == ["conntrack --ctstate NEW", "limit --limit 5/sec"])
    }

    @Test func aChainThatOthersJumpToStandsWhereTheyDo() throws {
        let rules = SavedRuleset(Self.saved, family: "ip").rules
        let reject = try Self.rule(rules, "REJECT")
        #expect(reject.places == [HookPlace(.forward, 0)])
        // The one way there asks for TCP.
        #expect(!reject.isBehindConditions)
        #expect(reject.match.tests.contains(.init(.transport([.tcp]))))
        #expect(reject.match.tests.contains(.init(.icmpType([8]))))
        #expect(try Self.rule(rules, "statistic").isBehindConditions == false)
        #expect(try #require(rules.first { $0.chain == "LOST" }).places.isEmpty)
    }

    @Test func aPolicyThatDropsIsARuleAndACommentIsNone() throws {
        let rules = SavedRuleset(Self.saved, family: "ip").rules
        let policies = rules.filter(\.isPolicy)
        #expect(policies.map(\.chain) == ["INPUT"])
        #expect(policies.first?.counters == Counters(packetCount: 7, byteCount: 420))
        #expect(rules.allSatisfy { !$0.text.contains("comment") })
        let twins = rules.filter { $0.text.contains("192.0.2.9") }
        #expect(Set(twins.map(\.name)).count == 2)
    }

    @Test func aRuleOfNFTSaysTheSame() throws {
        let rules = NFTRuleset(Self.listing).rules
        let drop = try Self.rule(rules, "tcp dport 81")
        #expect(drop.text == "tcp dport 81 counter drop")
        #expect(drop.name == "handle 8")
        #expect(drop.counters == Counters(packetCount: 12, byteCount: 720))
        #expect(drop.places == [HookPlace(.prerouting, -300)])
        #expect(drop.match.tests == [.init(.transport([.tcp])), .init(.destinationPort([81...81]))])
        #expect(drop.match.conditions.isEmpty)
        #expect(try Self.rule(rules, "notrack").match.tests.contains(.init(.destinationPort([53...60, 99...99]))))
        #expect(try Self.rule(rules, "@s").match.conditions == ["ip saddr @s"])
        let ranges = try Self.rule(rules, "10.2.0.0/16").match.tests
        #expect(ranges.filter(\.isNegated).count == 1)
        // Not being there is asked of IPv4 alone.
        #expect(ranges.contains(.init(.family(.ipv4))))
        #expect(try Self.rule(rules, "nd-router-advert").match.tests.contains(.init(.icmpType([134, 135]))))
        let reject = try Self.rule(rules, "reject")
        #expect(reject.effects == [.reject])
        #expect(reject.counters == Counters())
        #expect(try Self.rule(rules, "hello").counters == Counters(packetCount: 4, byteCount: 5))
        #expect(try Self.rule(rules, "ip saddr 1.2.3.4").places == [HookPlace(.ingress, 0)])
    }

    @Test func nftsLogRulesKeepTheirConditionsAndTheirTexts() throws {
        let rules = NFTRuleset(Self.listing).rules
        let log = try Self.rule(rules, "a drop")
        #expect(log.effects == [.log(group: 100)])
        #expect(log.places == [HookPlace(.forward, 10)])
        // The limit stands behind the statement, and the counter behind the limit.
        #expect(log.match.conditions.isEmpty)
        #expect(log.counters == nil)
        #expect(log.match.tests.contains(.init(.inInterface(["lan*"]))))
        #expect(log.match.tests.contains(.init(.transport([.tcp, .udp]))))
        #expect(log.match.tests.contains(.init(.destinationPort([22...22]))))
        let inner = rules.filter { $0.name.hasPrefix("handle 21.") }
        #expect(inner.map(\.effects) == [[.log(group: 9)], [.drop]])
        #expect(inner.allSatisfy { $0.match.tests.contains(.init(.destinationPort([7...7]))) })
        #expect(inner.allSatisfy { $0.places == [HookPlace(.forward, 10)] && !$0.isBehindConditions })
    }

    @Test func mapsPoliciesAndNamedCountersAreRead() throws {
        let ruleset = NFTRuleset(Self.listing)
        let map = try Self.rule(ruleset.rules, "vmap")
        #expect(map.effects == [.drop])
        #expect(!map.match.conditions.isEmpty)
        let named = try Self.rule(ruleset.rules, "name \"c\"")
        #expect(named.counters == Counters())
        #expect(named.match.tests.contains(.init(.sourcePort([1024...65535]))))
        #expect(named.match.tests.contains(.init(.destinationPort([1...1, 2...2]), isNegated: true)))
        #expect(ruleset.rules.filter(\.isPolicy).map(\.chain) == ["fwd1"])
        #expect(ruleset.foreignTables == [["inet", "x"]])
    }

    @Test func countersBeforeRulesDoNotHideThoseThatLog() {
        let rules = SavedRules.logRules(in: Self.saved, family: "ip", command: "iptables-legacy")
        #expect(rules.map(\.group) == [100, 0])
        #expect(SavedRules.useConntrack(in: Self.saved))
    }

    @Test(arguments: [
        "fib saddr . iif oif missing", "iifname . oifname { \"a\" . \"b\" }", "ct original ip saddr 10.0.0.1",
        "ip saddr . tcp dport { 10.0.0.1 . 22 }", "limit rate 5/second", "meta mark 0x5",
    ])
    func whatATupleDoesNotTellIsOneCondition(text: String) throws {
        let rule = try Self.only("\(text) counter packets 1 bytes 2 drop")
        #expect(rule.match.conditions == [text])
        #expect(rule.match.tests.isEmpty)
        #expect(rule.counters == Counters(packetCount: 1, byteCount: 2))
    }

    @Test func aTestBehindAConditionIsStillOne() throws {
        let rule = try Self.only("fib daddr type local ct state new ip saddr 10.0.0.1 drop")
        #expect(rule.match.tests.contains { if case .source = $0.subject { true } else { false } })
        #expect(rule.match.conditions == ["fib daddr type local ct state new"])
    }

    @Test func notBeingATypeIsAskedOfICMPAlone() throws {
        let rule = try Self.only("icmp type != { echo-request } drop")
        #expect(rule.match.tests.contains(.init(.transport([.icmp]))))
        #expect(rule.match.tests.contains(.init(.icmpType([8]), isNegated: true)))
    }

    @Test func aCounterBeforeATestCountsOtherPacketsToo() throws {
        #expect(try Self.only("counter packets 9 bytes 9 tcp dport 22 drop").counters == nil)
        #expect(try Self.only("tcp dport 22 counter packets 9 bytes 9 drop").counters?.packetCount == 9)
    }

    @Test func aRuleThatLogsBeforeALimitAndDropsBehindItIsTwo() throws {
        let rules = Self.rules("log group 5 limit rate 5/second counter packets 2 bytes 3 drop")
        #expect(rules.map(\.effects) == [[.log(group: 5)], [.drop]])
        #expect(rules.map(\.match.conditions) == [[], ["limit rate 5/second"]])
        #expect(rules.map(\.counters?.packetCount) == [nil, 2])
    }

    @Test func aCounterThatTwoRulesShareIsNeithers() {
        let chain = "chain c {\n type filter hook forward priority 0; policy accept;\n"
        let one = "counter c {\n packets 7 bytes 8\n }\n\(chain) tcp dport 1 counter name \"c\" drop\n"
        #expect(NFTRuleset("table ip t {\n\(one)}\n}").rules.map(\.counters?.packetCount) == [7])
        let two = "\(one) tcp dport 2 counter name \"c\" accept\n"
        #expect(NFTRuleset("table ip t {\n\(two)}\n}").rules.map(\.counters?.packetCount) == [nil])
    }

    @Test func aPriorityMayBeAnyNumber() {
        let head = "type filter hook forward priority 9223372036854775807 + 1; policy drop;"
        #expect(NFTRuleset("table ip t {\nchain c {\n\(head)\n}\n}").rules.count == 1)
    }

    /// The rules that a text of one rule becomes, in a chain of the family inet.
    private static func rules(_ text: String) -> [FirewallRule] {
        let head = "type filter hook forward priority 0; policy accept;"
        return NFTRuleset("table inet t {\nchain c {\n\(head)\n\(text)\n}\n}").rules
    }

    private static func only(_ text: String) throws -> FirewallRule {
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
                _ = NFTRuleset(text).rules.count + SavedRuleset(text, family: "ip6").rules.count
            }
        }
    }
}
