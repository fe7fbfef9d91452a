import FlowModel
import Testing
import Wire

/// What rules ask of packets, as the firewall's tools write it.
struct RuleMatchTests {
    @Test(arguments: [
        ("quota over 25 mbytes", ["", " used 3 bytes", " used 120 kbytes"]),
        ("quota 300 bytes", ["", " used 1 bytes"]),
        ("tcp dport 22 quota until 3 bytes", ["", " used 1 bytes"]), ("last", ["", " used never", " used 1m2s"]),
    ])
    func whatARuleRemembersIsNoPartOfItsText(statement: String, memories: [String]) throws {
        let texts = memories.map { used in
            RuleSamples.rules("\(statement)\(used) counter packets \(used.utf8.count) bytes 3 drop").map(\.text)
        }
        #expect(Set(texts) == [["\(statement) counter drop"]])
        let rule = try RuleSamples.only("quota over 300 bytes used 120 bytes counter packets 2 bytes 3 drop")
        #expect(rule.match.conditions == ["quota over 300 bytes"])
        #expect(rule.verdict == .drop && rule.counters?.packetCount == 2)
        #expect(try RuleSamples.only("quota name \"q\" drop").match.conditions == ["quota name \"q\""])
        #expect(try RuleSamples.only("last used 5s drop").match == RuleMatch())
    }

    @Test func statesThatArePrintedAlikeAreAskedDifferently() throws {
        func tests(_ text: String) throws -> [RuleMatch.Test] {
            try RuleSamples.only("ct state \(text) drop").match.tests
        }
        let both: TrackingState = [.established, .related]
        #expect(try tests("established,related") == [.init(.tracking(both))])
        #expect(try tests("! established,related") == [.init(.tracking(both), isNegated: true)])
        #expect(try tests("!= { established, related }") == [.init(.tracking(both), isNegated: true)])
        #expect(try tests("!= established") == [.init(.tracking(.established), isNegated: true)])
        // The kernel compares with both at once, which no packet is.
        let unequal = try RuleSamples.only("ct state != established | related drop")
        #expect(unequal.match == RuleMatch())
        #expect(try RuleSamples.only("ct state != established,related drop").match.conditions.count == 1)
        #expect(try RuleSamples.only("ct state != 0x5 drop").match.conditions.count == 1)
    }

    @Test func lengthsAreAskedForInEitherTool() throws {
        func test(_ text: String) throws -> [RuleMatch.Test] {
            try RuleSamples.only("\(text) drop").match.tests.filter { $0.subject != .family(.ipv4) }
        }
        #expect(try test("meta length 60-62") == [.init(.length([60...62]))])
        #expect(try test("meta length > 100") == [.init(.length([101...65_535]))])
        #expect(try test("ip length != { 20-40, 60 }") == [.init(.length([20...40, 60...60]), isNegated: true)])
        #expect(try RuleSamples.only("udp length 41 drop").match.conditions == ["udp length 41"])
        for (words, isNegated) in [("--length 60:62", false), ("! --length 60:62", true)] {
            let text = "*filter\n-A FORWARD -m length \(words) -j DROP\nCOMMIT\n"
            let saved = SavedRuleset(text, family: "ip", command: "iptables", isLegacy: true)
            let rule = try #require(RuleSamples.rules(saved.tables).first)
            #expect(rule.match.tests == [.init(.length([60...62]), isNegated: isNegated)])
            #expect(rule.match.choices == [isNegated ? "length != 60-62" : "length 60-62"])
        }
    }

    @Test func whatAnAddressIsToTheHostIsAskedForInEitherTool() throws {
        #expect(
            try RuleSamples.only("fib daddr type local drop").match.tests == [.init(.destinationKind([.local]))])
        let several = try RuleSamples.only("fib saddr type != { local, broadcast } drop")
        #expect(several.match.tests == [.init(.sourceKind([.local, .broadcast]), isNegated: true)])
        for text in ["fib daddr type unicast", "fib daddr . iif type local", "fib saddr oif missing"] {
            let rule = try RuleSamples.only("\(text) drop")
            #expect(rule.match == RuleMatch(conditions: [text]))
        }
        let cases: [(String, RuleMatch)] = [
            ("--dst-type LOCAL", RuleMatch(tests: [.init(.destinationKind([.local]))])),
            (
                "! --src-type LOCAL,MULTICAST",
                RuleMatch(tests: [.init(.sourceKind([.local, .multicast]), isNegated: true)])
            ),
            ("--dst-type UNICAST", RuleMatch(conditions: ["addrtype --dst-type UNICAST"])),
            (
                "--dst-type LOCAL --limit-iface-in",
                RuleMatch(conditions: ["addrtype --dst-type LOCAL --limit-iface-in"])
            ),
        ]
        for (words, match) in cases {
            let text = "*filter\n-A INPUT -m addrtype \(words) -j DROP\nCOMMIT\n"
            let saved = SavedRuleset(text, family: "ip", command: "iptables", isLegacy: true)
            #expect(RuleSamples.rules(saved.tables).map(\.match) == [match])
        }
    }

    @Test func theWayBackIsAskedForInEitherTool() throws {
        let test = RuleMatch.Test(.reversePath, isNegated: true)
        #expect(try RuleSamples.only("fib saddr . iif oif missing drop").match.tests == [test])
        let marked = try RuleSamples.only("meta nfproto ipv6 fib saddr . mark . iif oif missing drop")
        #expect(marked.match.tests == [.init(.family(.ipv6)), test] && marked.match.conditions.isEmpty)
        #expect(try RuleSamples.only("fib saddr . iif oif exists accept").match.tests == [.init(.reversePath)])
        for (words, match) in [
            ("--invert --validmark", RuleMatch(tests: [test])),
            ("--loose --invert", RuleMatch(conditions: ["rpfilter --loose --invert"])),
        ] {
            let text = "*raw\n-A PREROUTING -m rpfilter \(words) -j DROP\nCOMMIT\n"
            let saved = SavedRuleset(text, family: "ip6", command: "ip6tables", isLegacy: true)
            #expect(RuleSamples.rules(saved.tables).map(\.match) == [match])
        }
    }

    @Test func severalPropertiesThatAreAskedAtOnceAreUnderstood() throws {
        let rule = try RuleSamples.only("iifname . oifname { \"a\" . \"b\", \"c*\" . \"d\" } drop")
        let lists: [[RuleMatch.Test]] = [
            [.init(.inInterface(["a"])), .init(.outInterface(["b"]))],
            [.init(.inInterface(["c*"])), .init(.outInterface(["d"]))],
        ]
        #expect(rule.match == RuleMatch(tests: [.init(.oneOf(lists))]))
        // What is none of them is of the same protocols, and so is what a condition stands for.
        let others = try RuleSamples.only("ip daddr . udp dport != { 10.0.0.1 . 53, 10.0.0.2 . 53 } drop").match
        #expect(others.tests.isEmpty && others.steadyConditions.count == 1)
        let one = try RuleSamples.only("ip daddr . udp dport 192.0.2.0/24 . 80-90 counter packets 1 bytes 2 drop")
        #expect(one.match.tests.contains(.init(.destinationPort([80...90]))) && one.match.tests.count == 4)
        #expect(one.counters?.packetCount == 1)
        let many = (1...300).map { "10.0.0.1 . \($0)" }.joined(separator: ", ")
        #expect(!(try RuleSamples.only("ip saddr . tcp dport { \(many) } drop").match.isPlain))
        // What does not fit is not understood.
        for text in ["ip saddr . tcp dport { 10.0.0.1 }", "ip saddr . tcp dport 10.0.0.1 . 22 . 23", "ip saddr ."] {
            #expect(!(try RuleSamples.only("\(text) drop").match.isPlain))
        }
    }

    @Test(arguments: ["meta nfproto", "meta protocol"])
    func theFamilyIsAskedForInManyWords(words: String) throws {
        for (name, family) in [("4", AddressFamily.ipv4), ("6", .ipv6)] {
            let value = words == "meta nfproto" ? "ipv\(name)" : name == "4" ? "ip" : "ip6"
            #expect(try RuleSamples.only("\(words) \(value) drop").match == RuleMatch(tests: [.init(.family(family))]))
        }
        // What comes by a tunnel has no header of Ethernet's.
        #expect(try !RuleSamples.only("ether type ip drop").match.isPlain)
        #expect(try !RuleSamples.only("\(words) arp drop").match.isPlain)
    }

    @Test func marksAreAskedForByTheirBits() throws {
        for (text, test) in [
            ("meta mark 0x00000005", RuleMatch.Test(.mark(5, mask: .max))),
            ("meta mark != 7", .init(.mark(7, mask: .max), isNegated: true)),
            ("meta mark & 0x00008000 == 0x00008000", .init(.mark(0x8000, mask: 0x8000))),
            ("meta mark and 0xff != 0x1", .init(.mark(1, mask: 0xff), isNegated: true)),
        ] {
            let rule = try RuleSamples.only("\(text) counter packets 1 bytes 2 drop")
            #expect(rule.match == RuleMatch(tests: [test]) && rule.counters != nil)
        }
        for (text, match) in [
            ("--mark 0x4000/0x4000", RuleMatch(tests: [.init(.mark(0x4000, mask: 0x4000))])),
            ("! --mark 0x5", RuleMatch(tests: [.init(.mark(5, mask: .max), isNegated: true)])),
            ("--mark 0x5/", RuleMatch(conditions: ["mark --mark 0x5/"])),
        ] {
            let saved = SavedRuleset(
                "*mangle\n-A FORWARD -m mark \(text) -j DROP\nCOMMIT\n", family: "ip", command: "iptables",
                isLegacy: true)
            #expect(RuleSamples.rules(saved.tables).first?.match == match)
        }
    }

    @Test(arguments: ["ip frag-off & 0x1fff != 0x0", "ip frag-off & 8191 != 0"])
    func laterFragmentsAreAskedFor(text: String) throws {
        #expect(
            try RuleSamples.only("\(text) counter packets 1 bytes 2 drop").match.tests == [
                .init(.family(.ipv4)), .init(.laterFragment),
            ])
        let saved = SavedRuleset(
            "*raw\n-A PREROUTING -f -j DROP\n-A PREROUTING ! -f -p udp -j DROP\nCOMMIT\n", family: "ip",
            command: "iptables", isLegacy: true)
        let rules = RuleSamples.rules(saved.tables)
        #expect(rules.map(\.match.tests.first) == [.init(.laterFragment), .init(.laterFragment, isNegated: true)])
        #expect(try !RuleSamples.only("ip frag-off & 0x3fff != 0 drop").match.isPlain)
    }

    @Test func aTableHasAHandleThatNoOtherEverHas() {
        let text = "table inet t { # handle 7\n\tchain c { # handle 1\n\t}\n}\ntable ip u {\n}"
        #expect(NFTRuleset(text).tables.map(\.handle) == ["7", nil])
    }

    @Test func whatAProxyTakesGoesOnWhereItListens() throws {
        let rules = RuleSamples.rules("tcp dport 80 tproxy ip to 127.0.0.1:3128 meta mark set 0x1 accept")
        #expect(rules.map(\.effects) == [[.divert], [.mark(MarkChange(1))]])
        #expect(rules.map(\.verdict) == [nil, .accept])
        #expect(rules.map(\.match.conditions) == [[], ["tproxy ip to 127.0.0.1:3128"]])
        let saved = SavedRuleset(
            "*mangle\n-A PREROUTING -p tcp -j TPROXY --on-port 3128\nCOMMIT\n", family: "ip", command: "iptables",
            isLegacy: true)
        let rule = try #require(RuleSamples.rules(saved.tables).first)
        #expect(rule.effects == [.divert, .mark(nil)] && rule.verdict == .queue)
    }
}
