import Comparison
import FlowModel
import Testing
import Wire

/// Whole rulesets, as the firewall's tools write them: which rule is blamed for packets that came in and did not leave.
struct RuleWalkTests {
    /// What became of a session of which three packets came in and none left, and conntrack knows nothing.
    private static func denied(
        _ tables: [FirewallTable], _ change: (inout SessionBuilder) -> Void = { _ in },
        facts: (inout ComparisonFacts) -> Void = { _ in }
    ) -> ComparisonOutcome {
        let rules = FirewallRuleset(tables)
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules)
            facts(&$0)
        }
        return compare(facts) {
            ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil)
            change(&$0)
        }
    }

    /// The rules of a chain of the family inet, hook forward, and other chains.
    private static func forward(
        _ rules: String, policy: String = "accept", others: String = "",
        _ change: (inout SessionBuilder) -> Void = { _ in }
    ) -> ComparisonOutcome {
        let head = "type filter hook forward priority filter; policy \(policy);"
        return denied(NFTRuleset("table inet t {\n\(others)\nchain c {\n\(head)\n\(rules)\n}\n}").tables, change)
    }

    private static func saved(_ text: String) -> [FirewallTable] {
        SavedRuleset(text, family: "ip", command: "iptables-legacy", isLegacy: true).tables
    }

    private static let counted = "counter packets 90 bytes 9000"

    @Test func whatIsAcceptedBeforeACatchAllIsNotItsPrey() {
        let result = Self.forward("tcp dport 443 accept\n\(Self.counted) drop")
        #expect(result.reasons == [.unexplained: 3])
        #expect(!result.evidence.contains("drop"))
        #expect(Self.forward("tcp dport 80 accept\n\(Self.counted) drop").reasons == [.denied: 3])
    }

    @Test func aStatefulFirewallsCatchAllIsSureOfWhatNobodyAccepted() {
        let rules = """
            ct state vmap { invalid : drop, established : accept, related : accept }
            tcp dport { 22, 80 } accept
            \(Self.counted) drop
            """
        let result = Self.forward(rules)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("inet t c: counter drop means these packets, and its counter rose by 90"))
        // What begins in the midst may be invalid, and nobody counts that drop.
        #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [true])
        let unsure = Self.forward(rules) { $0.facts.remove(.start) }
        #expect(unsure.evidence.contains("counter drop may mean these packets, and its counter rose by 90"))
        #expect(unsure.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
    }

    @Test func aReturnFromAChainGoesOnBehindTheJump() {
        let chain = "chain user {\ntcp dport 443 return\n\(Self.counted) drop\n}"
        let result = Self.forward("jump user\n\(Self.counted) reject", others: chain)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("inet t c: counter reject"))
    }

    @Test func whatGoesToAChainDoesNotComeBack() {
        let chain = "chain user {\ntcp dport 80 drop\n}"
        let rules = "goto user\n\(Self.counted) drop"
        #expect(Self.forward(rules, others: chain).reasons == [.unexplained: 3])
        // But to the policy.
        let result = Self.forward(rules, policy: "drop", others: chain)
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
            \(Self.counted) drop
            }
            chain d {
            type filter hook forward priority filter + 10; policy accept;
            \(Self.counted) reject
            }
            }
            """
        ).tables
        let result = Self.denied(tables)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("inet late c"))
        #expect(!result.evidence.contains("inet late d"))
    }

    @Test func aRuleThatOnlyMayMeanThemExplainsWhereItIsTheOnlyOneAndHasCountedEnough() {
        let sole = Self.forward("ip saddr @s counter packets 3 bytes 300 drop")
        #expect(sole.reasons == [.denied: 3])
        #expect(sole.evidence.contains("may mean these packets, and its counter rose by 3"))
        #expect(Self.forward("ip saddr @s counter packets 2 bytes 200 drop").reasons == [.unexplained: 3])
        let two = Self.forward("ip saddr @s \(Self.counted) drop\nip saddr @t \(Self.counted) drop")
        #expect(two.reasons == [.unexplained: 3])
        #expect(two.evidence.contains("@s") && two.evidence.contains("@t"))
        // One whose counter stood still is not among them.
        let idle = Self.forward("ip saddr @s \(Self.counted) drop\nip saddr @t counter packets 0 bytes 0 drop")
        #expect(idle.reasons == [.denied: 3])
    }

    @Test(arguments: [false, true])
    func whatARuleSurelyTookItDidNotTakeOfOthers(isSureFirst: Bool) {
        let head = "type filter hook forward priority filter; policy accept;"
        let rules = FirewallRuleset(
            NFTRuleset("table ip t {\nchain c {\n\(head)\nct state new counter packets 3 bytes 300 drop\n}\n}").tables)
        let facts = someFacts { $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules) }
        var comparison = Comparison(facts, names: someNames())
        for isSure in [isSureFirst, !isSureFirst] {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = (nil, (3, 0), nil)
            builder.key.sourcePort = isSure ? 1 : 2
            // Of one that was not seen from its beginning nobody knows whether it is new.
            if !isSure { builder.facts.remove(.start) }
            comparison.add(builder.compared)
        }
        let result = comparison.conclude()
        #expect(result.reasons == [.denied: 3, .unexplained: 3])
        #expect(result.sessions.first { $0.reasons == [.denied] }?.session.record.original.sourcePort == 1)
    }

    @Test func rulesWhoseCountersTogetherRoseByWhatIsMissingExplainIt() {
        let result = Self.forward(
            "ip saddr @s counter packets 2 bytes 200 drop\nip saddr @t counter packets 1 bytes 100 drop")
        #expect(result.reasons == [.denied: 3])
        #expect(result.summary.ruleUses.map(\.packetCount) == [2, 1])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
    }

    @Test func packetsThatAnAcceptWouldHaveCountedNeverCameToWhatIsBehindIt() {
        // Fragments that nobody put together, for example: the policy never saw them.
        let result = Self.forward("tcp dport 443 counter packets 0 bytes 0 accept", policy: "drop")
        #expect(result.reasons == [.unexplained: 3])
        #expect(!result.evidence.contains("policy"))
        #expect(Self.forward("", policy: "drop").reasons == [.denied: 3])
    }

    @Test func packetsWithoutARouteAreNotForwarded() {
        let tables = NFTRuleset("table inet t {\nchain c {\ntype filter hook forward priority 0; policy drop;\n}\n}")
            .tables
        let result = Self.denied(tables) { _ in
        } facts: {
            $0.route = { _ in .nowhere }
        }
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("the host has no way for them"))
        #expect(!result.evidence.contains("policy"))
    }

    @Test func aRuleWithoutACounterExplainsOnlyWhatItSurelyMeans() {
        #expect(Self.forward("tcp dport 443 drop").reasons == [.denied: 3])
        let unsure = Self.forward("ip saddr @s drop")
        #expect(unsure.reasons == [.unexplained: 3])
        #expect(unsure.evidence.contains("may mean these packets; it has no counter that would show it"))
    }

    @Test func aRuleWhoseCounterStoodStillTookNothing() {
        // It could have accepted them, but it never did.
        let result = Self.forward("ip saddr @s counter packets 0 bytes 0 accept\n\(Self.counted) drop")
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("counter drop means these packets"))
    }

    @Test func whatAProgramDecidesIsNotSure() {
        let result = Self.forward("queue to 1\n\(Self.counted) drop")
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("queue to 1 may mean these packets"))
    }

    @Test func aMapOfVerdictsThatNobodyShowsMayDropThem() {
        let result = Self.forward("tcp dport vmap @ports")
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("no rule that nfmon understands"))
        #expect(result.evidence.contains("tcp dport vmap @ports may mean these packets"))
    }

    @Test func theInterfaceOfABridgesPortIsNotTheOneThatRulesSee() {
        let rules = "iifname \"br0\" accept\niifname \"lan0\" \(Self.counted) drop"
        // The port has no address, so nobody knows by which interface rules see its packets.
        let tables = NFTRuleset(
            "table inet t {\nchain c {\ntype filter hook forward priority 0; policy drop;\n\(rules)\n}\n}"
        ).tables
        let port = Self.denied(tables) { _ in
        } facts: {
            $0.ownAddresses = LocalAddresses([IPAddress(ipv4: 0x0a00_0001)], of: [9])
        }
        #expect(port.evidence.contains("lan0\" counter drop may mean these packets"))
        #expect(port.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(Self.denied(tables).sessions.flatMap(\.differences).map(\.isCertain) == [true])
        #expect(Self.denied(tables).reasons == [.denied: 3])
    }

    @Test func whatAProxyMayHaveTakenIsNotSurelyForwarded() {
        let tables = Self.saved(
            """
            *mangle
            :PREROUTING ACCEPT [0:0]
            [5:300] -A PREROUTING -p tcp -m tcp --dport 443 -j TPROXY --on-port 3129
            COMMIT
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD DROP [60:3600]
            COMMIT
            """)
        let result = Self.denied(tables)
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("FORWARD: policy DROP may mean these packets"))
    }

    @Test func aTableThatSleepsDoesNothing() {
        let text = "table inet t {\nflags dormant\nchain c {\ntype filter hook forward priority 0; policy drop;\n}\n}"
        #expect(Self.denied(NFTRuleset(text).tables).evidence.contains("no rule shows"))
    }

    @Test func whatAMapLetsGoOnIsNotForItsDefault() {
        let result = Self.forward("tcp dport vmap { 443 : continue, * : drop }")
        #expect(result.reasons == [.unexplained: 3])
        #expect(Self.forward("tcp dport vmap { 80 : accept, * : drop }").reasons == [.denied: 3])
    }

    @Test func behindARuleThatNobodyCanReadNothingIsSure() {
        let result = Self.forward("# Unknown target\n\(Self.counted) drop")
        #expect(result.evidence.contains("counter drop may mean these packets"))
    }

    @Test func aRuleThatIsNewTookNoneOfThePacketsFromBefore() {
        func rules(_ text: String) -> FirewallRuleset {
            let head = "type filter hook forward priority filter; policy accept;"
            return FirewallRuleset(NFTRuleset("table ip t {\nchain c {\n\(head)\n\(text)\n}\n}").tables)
        }
        let drop = "counter packets 90 bytes 9000 drop # handle 4"
        let facts = someFacts {
            $0.rules = WatchedRuleset(
                before: rules(drop).withoutCounts, after: rules("tcp dport 443 accept # handle 5\n\(drop)"))
        }
        let result = compare(facts) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("counter drop may mean these packets, and its counter rose by 90"))
    }

    @Test func aTargetThatOnlyItsAuthorKnowsMayDoAnything() {
        let text =
            "*filter\n:FORWARD ACCEPT [0:0]\n[9:540] -A FORWARD -j SOMEBODYS\n[8:480] -A FORWARD -j DROP\nCOMMIT\n"
        let result = Self.denied(Self.saved(text))
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("no rule that nfmon understands"))
        #expect(result.evidence.contains("-j SOMEBODYS may mean these packets, and its counter rose by 9"))
    }

    @Test func packetsForTheHostMeetItsInputAndOthersItsForward() {
        let tables = Self.saved(
            """
            *filter
            :INPUT DROP [50:3000]
            :FORWARD DROP [60:3600]
            :OUTPUT DROP [0:0]
            COMMIT
            """)
        let through = Self.denied(tables)
        #expect(
            through.evidence.contains("ip filter FORWARD: policy DROP means these packets, and its counter rose by 60"))
        #expect(!through.evidence.contains("INPUT"))
        let toHost = Self.denied(tables) { $0.key.destination = IPAddress(ipv4: 0x0a00_0001) }
        #expect(toHost.reasons == [.denied: 3])
        #expect(toHost.evidence.contains("ip filter INPUT"))
        let unknown = Self.denied(tables) { _ in
        } facts: {
            $0.ownAddresses = nil
        }
        #expect(unknown.reasons == [.unexplained: 3])
        #expect(unknown.evidence.contains("INPUT") && unknown.evidence.contains("FORWARD"))
    }

    @Test func aTranslationThatNobodyToldLeavesTheDestinationOpen() {
        let tables = Self.saved(
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
        let result = Self.denied(tables)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("--dport 8443 -j DROP may mean these packets"))
        let other = Self.denied(tables) { $0.key.destinationPort = 80 }
        #expect(other.reasons == [.unexplained: 3])
        #expect(!other.evidence.contains("8443"))
    }

    @Test func whereThereIsNoInterfaceYetItHasNoName() {
        let shared = "chain user {\noifname \"wan0\" accept\n\(Self.counted) drop\n}"
        let text =
            "table inet t {\n\(shared)\nchain c {\ntype filter hook input priority 0; policy accept;\njump user\n}\n}"
        let result = Self.denied(NFTRuleset(text).tables) { $0.key.destination = IPAddress(ipv4: 0x0a00_0001) }
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("counter drop means these packets"))
    }

    @Test func rulesOfTheOtherFamilyAreNoneOfThePacketsBusiness() {
        let text = "*filter\n:FORWARD ACCEPT [0:0]\n[9:540] -A FORWARD -j DROP\nCOMMIT\n"
        let tables = SavedRuleset(text, family: "ip6", command: "ip6tables-legacy", isLegacy: true).tables
        #expect(Self.denied(tables).reasons == [.unexplained: 3])
        #expect(Self.denied(tables).evidence.contains("no rule shows"))
    }

    @Test func chainsThatLeadInCirclesComeToAnEnd() {
        let chains = "chain a {\njump b\njump b\n}\nchain b {\njump a\njump a\n}"
        let result = Self.forward("jump a\n\(Self.counted) drop", others: chains)
        #expect(result.reasons.values.reduce(0, +) == 3)
    }

    @Test func noRulesetEndsTheProcess() {
        let chains =
            "chain a {\nct state new jump b\ntcp dport vmap { 1-500 : goto b, * : jump a }\n}\nchain b {\nreturn\n}"
        let text =
            "table inet t {\n\(chains)\nchain c {\ntype filter hook forward priority filter; policy drop;\n"
            + "jump a\nip saddr @s \(Self.counted) drop\niifname \"lan0\" jump {\ndrop\n}\nlog group 100 accept\n}\n}"
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
            let result = Self.denied(NFTRuleset(changed.joined(separator: "\n")).tables)
            #expect(result.reasons.values.reduce(0, +) == 3)
        }
    }

    @Test func aDeviceHasRulesOfItsOwn() {
        let text = """
            table netdev n {
            chain i {
            type filter hook ingress device "lan0" priority filter; policy accept;
            tcp dport 443 \(Self.counted) drop
            }
            }
            """
        #expect(Self.denied(NFTRuleset(text).tables).reasons == [.droppedBeforeConntrack: 3])
        let other = text.split(separator: "lan0").joined(separator: "wan0")
        #expect(Self.denied(NFTRuleset(other).tables).reasons == [.unexplained: 3])
    }

    @Test func aBridgeMayHaveDroppedThem() {
        let text = """
            table bridge b {
            chain f {
            type filter hook forward priority filter; policy accept;
            ip daddr 192.0.2.9 \(Self.counted) drop
            }
            }
            """
        let result = Self.denied(NFTRuleset(text).tables)
        #expect(result.reasons == [.droppedBeforeConntrack: 3])
        #expect(result.evidence.contains("bridge b f: ip daddr 192.0.2.9 counter drop may mean these packets"))
    }

    @Test func whatConntrackCountedWasNotInvalid() {
        let text = """
            table inet t {
            chain out {
            type filter hook postrouting priority filter; policy accept;
            ct state invalid \(Self.counted) drop
            \(Self.counted) drop
            }
            }
            """
        let result = Self.denied(NFTRuleset(text).tables) {
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
            ct state new \(Self.counted) drop
            ct state untracked \(Self.counted) reject
            }
            }
            """
        ).tables
        #expect(Self.denied(tables).evidence.contains("notrack"))
        let counted = Self.denied(tables) { $0.key.destinationPort = 80 }
        #expect(counted.evidence.contains("ct state new counter drop means"))
    }

    @Test func afterARulesetWasLoadedAnewCountersProveNothing() {
        func tables(_ handle: Int, _ text: String) -> FirewallRuleset {
            let head = "type filter hook forward priority filter; policy accept;"
            let rule = "ip saddr @s counter packets 50 bytes 3000 \(text) # handle \(handle)"
            return FirewallRuleset(NFTRuleset("table ip t {\nchain c {\n\(head)\n\(rule)\n}\n}").tables)
        }
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: tables(4, "drop comment \"old\""), after: tables(4, "drop"))
        }
        let result = compare(facts) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("it is new, and its counter shows 50"))
        #expect(result.evidence.contains("was there at the beginning, and is gone"))
    }
}

extension FirewallRuleset {
    /// As it was before any packet came.
    fileprivate var withoutCounts: FirewallRuleset {
        var ruleset = self
        for table in ruleset.tables.indices {
            for chain in ruleset.tables[table].chains.indices {
                for rule in ruleset.tables[table].chains[chain].rules.indices
                where ruleset.tables[table].chains[chain].rules[rule].counters != nil {
                    ruleset.tables[table].chains[chain].rules[rule].counters = Counters()
                }
            }
        }
        return ruleset
    }
}
