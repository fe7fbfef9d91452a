import Comparison
import FlowModel
import Testing
import Wire

/// Which rule is blamed for packets that came in and did not leave: the way through a ruleset.
struct RuleWalkTests {
    @Test(arguments: [(443 as UInt16, "192.0.2.9"), (443, "192.0.2.8"), (80, "192.0.2.9")])
    func aPairOfAddressAndPortIsHeldAgainstBoth(port: UInt16, address: String) {
        let result = RulesetTrial.forward(
            "ip daddr . tcp dport { 192.0.2.7 . 443, \(address) . \(port) } \(RulesetTrial.counted) drop",
            policy: "drop")
        let isMeant = port == 443 && address == "192.0.2.9"
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("ip daddr . tcp dport") == isMeant)
        #expect(result.evidence.contains("means these packets"))
    }

    @Test(arguments: [(443, 0x8000, true), (80, 0x8000, false), (443, 0x200, nil)] as [(UInt16, UInt32, Bool?)])
    func marksThatRulesSetAreKnownToOthers(port: UInt16, asked: UInt32, isMeant: Bool?) {
        let tables = RulesetTrial.saved(
            """
            *mangle
            :PREROUTING ACCEPT [0:0]
            [9:900] -A PREROUTING -p tcp -m tcp --dport \(port) -j MARK --set-xmark 0x8001/0x8001
            COMMIT
            *filter
            :FORWARD ACCEPT [0:0]
            [9:900] -A FORWARD -m mark --mark \(asked)/\(asked) -j DROP
            [9:900] -A FORWARD -j REJECT
            COMMIT
            """)
        let result = RulesetTrial.denied(tables)
        // Bits that no rule sets a program may have set.
        #expect(result.reasons == (isMeant == nil ? [.unexplained: 3] : [.denied: 3]))
        #expect(result.evidence.contains("-j DROP") == (isMeant != false))
        #expect(result.evidence.contains("-j DROP means these packets") == (isMeant == true))
    }

    @Test(arguments: [("-p tcp -m tcp --dport 80", true), ("-p esp", false), ("-i wan0", false)])
    func marksThatATunnelsPacketsMayHaveKeptNobodyKnows(match: String, isSure: Bool) {
        let tables = RulesetTrial.saved(
            """
            *mangle
            :PREROUTING ACCEPT [0:0]
            [9:900] -A PREROUTING \(match) -j MARK --set-xmark 0x1/0x1
            COMMIT
            *filter
            :FORWARD ACCEPT [0:0]
            [9:900] -A FORWARD -m mark --mark 0x1/0x1 -j ACCEPT
            [9:900] -A FORWARD -j DROP
            COMMIT
            """)
        #expect(RulesetTrial.denied(tables).sessions.flatMap(\.differences).map(\.isCertain) == [isSure])
    }

    @Test func marksThatABridgeMayHaveSetNobodyKnows() {
        let text = """
            table bridge b {
            chain c {
            type filter hook prerouting priority -300; policy accept;
            meta mark set 0x00000007
            }
            }
            table ip t {
            chain c {
            type filter hook forward priority filter; policy accept;
            meta mark 0x00000007 counter packets 3 bytes 300 drop
            }
            }
            """
        let result = RulesetTrial.denied(NFTRuleset(text).tables)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("meta mark 0x00000007 counter drop may mean these packets"))
    }

    @Test func packetsThatCameInWholeAreNoFragments() {
        let rules =
            "ip frag-off & 0x1fff != 0 \(RulesetTrial.counted) drop\ntcp dport 443 counter packets 3 bytes 300 drop"
        let result = RulesetTrial.forward(rules)
        #expect(
            result.evidence
                == "rule inet t c: tcp dport 443 counter drop means these packets, and its counter rose by 3")
    }

    @Test func whatIsAcceptedBeforeACatchAllIsNotItsPrey() {
        let result = RulesetTrial.forward("tcp dport 443 accept\n\(RulesetTrial.counted) drop")
        #expect(result.reasons == [.unexplained: 3])
        #expect(!result.evidence.contains("drop"))
        #expect(RulesetTrial.forward("tcp dport 80 accept\n\(RulesetTrial.counted) drop").reasons == [.denied: 3])
    }

    @Test func aStatefulFirewallsCatchAllIsSureOfWhatNobodyAccepted() {
        let rules = """
            ct state vmap { invalid : drop, established : accept, related : accept }
            tcp dport { 22, 80 } accept
            \(RulesetTrial.counted) drop
            """
        let result = RulesetTrial.forward(rules)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("inet t c: counter drop means these packets, and its counter rose by 90"))
        // What begins in the midst may be invalid, and nobody counts that drop.
        #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [true])
        let unsure = RulesetTrial.forward(rules) { $0.facts.remove(.start) }
        #expect(unsure.evidence.contains("counter drop may mean these packets, and its counter rose by 90"))
        #expect(unsure.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
    }

    @Test func aReturnFromAChainGoesOnBehindTheJump() {
        let chain = "chain user {\ntcp dport 443 return\n\(RulesetTrial.counted) drop\n}"
        let result = RulesetTrial.forward("jump user\n\(RulesetTrial.counted) reject", others: chain)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("inet t c: counter reject"))
    }

    @Test func whatGoesToAChainDoesNotComeBack() {
        let chain = "chain user {\ntcp dport 80 drop\n}"
        let rules = "goto user\n\(RulesetTrial.counted) drop"
        #expect(RulesetTrial.forward(rules, others: chain).reasons == [.unexplained: 3])
        // But to the policy.
        let result = RulesetTrial.forward(rules, policy: "drop", others: chain)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("policy drop means these packets; it has no counter"))
    }

    @Test func anAcceptEndsItsOwnChainOnlyAndADropAll() {
        let tables = NFTRuleset(
            """
            table inet early {
            chain c {
            type filter hook prerouting priority raw; policy accept;
            tcp dport 443 accept
            }
            }
            table inet late {
            chain c {
            type filter hook forward priority filter; policy accept;
            \(RulesetTrial.counted) drop
            }
            chain d {
            type filter hook forward priority filter + 10; policy accept;
            \(RulesetTrial.counted) reject
            }
            }
            """
        ).tables
        let result = RulesetTrial.denied(tables)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("inet late c"))
        #expect(!result.evidence.contains("inet late d"))
    }

    @Test func aTableThatSleepsDoesNothing() {
        let text = "table inet t {\nflags dormant\nchain c {\ntype filter hook forward priority 0; policy drop;\n}\n}"
        #expect(RulesetTrial.denied(NFTRuleset(text).tables).evidence.contains("no rule shows"))
    }

    @Test func whatAMapLetsGoOnIsNotForItsDefault() {
        let result = RulesetTrial.forward("tcp dport vmap { 443 : continue, * : drop }")
        #expect(result.reasons == [.unexplained: 3])
        #expect(RulesetTrial.forward("tcp dport vmap { 80 : accept, * : drop }").reasons == [.denied: 3])
    }

    @Test func packetsForTheHostMeetItsInputAndOthersItsForward() {
        let tables = RulesetTrial.saved(
            """
            *filter
            :INPUT DROP [50:3000]
            :FORWARD DROP [60:3600]
            :OUTPUT DROP [0:0]
            COMMIT
            """)
        let through = RulesetTrial.denied(tables)
        #expect(
            through.evidence.contains("ip filter FORWARD: policy DROP means these packets, and its counter rose by 60"))
        #expect(!through.evidence.contains("INPUT"))
        let toHost = RulesetTrial.denied(tables) { $0.key.destination = IPAddress(ipv4: 0x0a00_0001) }
        #expect(toHost.reasons == [.denied: 3])
        #expect(toHost.evidence.contains("ip filter INPUT"))
        let unknown = RulesetTrial.denied(tables) { _ in
        } facts: {
            $0.ownAddresses = nil
        }
        #expect(unknown.reasons == [.unexplained: 3])
        #expect(unknown.evidence.contains("INPUT") && unknown.evidence.contains("FORWARD"))
    }

    @Test func aTranslationThatNobodyToldLeavesTheDestinationOpen() {
        let tables = RulesetTrial.saved(
            """
            *nat
            :PREROUTING ACCEPT [0:0]
            [5:300] -A PREROUTING -d 192.0.2.9/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.0.0.9:8443
            COMMIT
            *filter
            :FORWARD ACCEPT [0:0]
            [9:540] -A FORWARD -d 10.0.0.9/32 -p tcp -m tcp --dport 8443 -j DROP
            COMMIT
            """)
        let result = RulesetTrial.denied(tables)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("--dport 8443 -j DROP may mean these packets"))
        let other = RulesetTrial.denied(tables) { $0.key.destinationPort = 80 }
        #expect(other.reasons == [.unexplained: 3])
        #expect(!other.evidence.contains("8443"))
    }

    @Test func whereThereIsNoInterfaceYetItHasNoName() {
        let shared = "chain user {\noifname \"wan0\" accept\n\(RulesetTrial.counted) drop\n}"
        let text =
            "table inet t {\n\(shared)\nchain c {\ntype filter hook input priority 0; policy accept;\njump user\n}\n}"
        let result = RulesetTrial.denied(NFTRuleset(text).tables) { $0.key.destination = IPAddress(ipv4: 0x0a00_0001) }
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("counter drop means these packets"))
    }

    @Test func rulesOfTheOtherFamilyAreNoneOfThePacketsBusiness() {
        let text = "*filter\n:FORWARD ACCEPT [0:0]\n[9:540] -A FORWARD -j DROP\nCOMMIT\n"
        let tables = SavedRuleset(text, family: "ip6", command: "ip6tables-legacy", isLegacy: true).tables
        #expect(RulesetTrial.denied(tables).reasons == [.unexplained: 3])
        #expect(RulesetTrial.denied(tables).evidence.contains("no rule shows"))
    }

    @Test func chainsThatLeadInCirclesComeToAnEnd() {
        let chains = "chain a {\njump b\njump b\n}\nchain b {\njump a\njump a\n}"
        let result = RulesetTrial.forward("jump a\n\(RulesetTrial.counted) drop", others: chains)
        #expect(result.reasons.values.reduce(0, +) == 3)
    }

    @Test func noRulesetEndsTheProcess() {
        let chains =
            "chain a {\nct state new jump b\ntcp dport vmap { 1-500 : goto b, * : jump a }\n}\nchain b {\nreturn\n}"
        let text =
            "table inet t {\n\(chains)\nchain c {\ntype filter hook forward priority filter; policy drop;\n"
            + "jump a\nip saddr @s \(RulesetTrial.counted) drop\niifname \"lan0\" jump {\ndrop\n}\nlog group 100 accept\n}\n}"
        let lines = text.split(separator: "\n").map(String.init)
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<200 {
            var changed = lines
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<changed.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: changed.remove(at: place)
                case 1: changed.insert(lines.randomElement(using: &generator) ?? "", at: place)
                default: changed.swapAt(place, 0)
                }
            }
            let result = RulesetTrial.denied(NFTRuleset(changed.joined(separator: "\n")).tables)
            #expect(result.reasons.values.reduce(0, +) == 3)
        }
    }

    @Test func aDeviceHasRulesOfItsOwn() {
        let text = """
            table netdev n {
            chain i {
            type filter hook ingress device "lan0" priority filter; policy accept;
            tcp dport 443 \(RulesetTrial.counted) drop
            }
            }
            """
        #expect(RulesetTrial.denied(NFTRuleset(text).tables).reasons == [.droppedBeforeConntrack: 3])
        let other = text.split(separator: "lan0").joined(separator: "wan0")
        #expect(RulesetTrial.denied(NFTRuleset(other).tables).reasons == [.unexplained: 3])
    }

    @Test func aBridgeMayHaveDroppedThem() {
        let text = """
            table bridge b {
            chain f {
            type filter hook forward priority filter; policy accept;
            ip daddr 192.0.2.9 \(RulesetTrial.counted) drop
            }
            }
            """
        let result = RulesetTrial.denied(NFTRuleset(text).tables)
        #expect(result.reasons == [.droppedBeforeConntrack: 3])
        #expect(result.evidence.contains("bridge b f: ip daddr 192.0.2.9 counter drop may mean these packets"))
    }

    @Test func whatConntrackCountedWasNotInvalid() {
        let text = """
            table inet t {
            chain out {
            type filter hook postrouting priority filter; policy accept;
            ct state invalid \(RulesetTrial.counted) drop
            \(RulesetTrial.counted) drop
            }
            }
            """
        let result = RulesetTrial.denied(NFTRuleset(text).tables) {
            ($0.tracked, $0.first, $0.second) = ((10, 8), (10, 8), (7, 8))
        }
        #expect(result.reasons == [.droppedAfterConntrack: 3])
        #expect(result.evidence.contains("inet t out: counter drop means these packets"))
    }

    @Test func whatIsUntrackedIsNoNewSessionBehind() {
        let tables = NFTRuleset(
            """
            table inet t {
            chain raw {
            type filter hook prerouting priority raw; policy accept;
            tcp dport 443 notrack
            }
            chain c {
            type filter hook forward priority filter; policy accept;
            ct state new \(RulesetTrial.counted) drop
            ct state untracked \(RulesetTrial.counted) reject
            }
            }
            """
        ).tables
        #expect(RulesetTrial.denied(tables).evidence.contains("notrack"))
        let counted = RulesetTrial.denied(tables) { $0.key.destinationPort = 80 }
        #expect(counted.evidence.contains("ct state new counter drop means"))
    }
}
