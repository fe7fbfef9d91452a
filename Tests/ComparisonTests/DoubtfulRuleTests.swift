import Comparison
import FlowModel
import Testing
import Wire

/// Rules that only may have taken packets, and what their counters show of that.
struct DoubtfulRuleTests {
    @Test func aRuleThatOnlyMayMeanThemExplainsWhereItIsTheOnlyOneAndHasCountedEnough() {
        let sole = RulesetTrial.forward("ip saddr @s counter packets 3 bytes 300 drop")
        #expect(sole.reasons == [.denied: 3])
        #expect(sole.evidence.contains("may mean these packets, and its counter rose by 3"))
        #expect(RulesetTrial.forward("ip saddr @s counter packets 2 bytes 200 drop").reasons == [.unexplained: 3])
        let two = RulesetTrial.forward(
            "ip saddr @s \(RulesetTrial.counted) drop\nip saddr @t \(RulesetTrial.counted) drop")
        #expect(two.reasons == [.unexplained: 3])
        #expect(two.evidence.contains("@s") && two.evidence.contains("@t"))
        // One whose counter stood still is not among them.
        let idle = RulesetTrial.forward(
            "ip saddr @s \(RulesetTrial.counted) drop\nip saddr @t counter packets 0 bytes 0 drop")
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
        let result = RulesetTrial.forward(
            "ip saddr @s counter packets 2 bytes 200 drop\nip saddr @t counter packets 1 bytes 100 drop")
        #expect(result.reasons == [.denied: 3])
        #expect(result.summary.ruleUses.map(\.packetCount) == [2, 1])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
    }

    @Test func packetsThatAnAcceptWouldHaveCountedNeverCameToWhatIsBehindIt() {
        // Fragments that nobody put together, for example: the policy never saw them.
        let result = RulesetTrial.forward("tcp dport 443 counter packets 0 bytes 0 accept", policy: "drop")
        #expect(result.reasons == [.unexplained: 3])
        #expect(!result.evidence.contains("policy"))
        #expect(RulesetTrial.forward("", policy: "drop").reasons == [.denied: 3])
    }

    @Test func packetsWithoutARouteAreNotForwarded() {
        let tables = NFTRuleset("table inet t {\nchain c {\ntype filter hook forward priority 0; policy drop;\n}\n}")
            .tables
        let result = RulesetTrial.denied(tables) { _ in
        } facts: {
            $0.route = { _ in .nowhere }
        }
        #expect(result.reasons == [.droppedAfterConntrack: 3])
        #expect(result.evidence.contains("routing refuses them, as ip route get 192.0.2.9 from 10.0.0.7 iif lan0 says"))
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(!result.evidence.contains("policy"))
    }

    @Test func aRuleBeforeTheRoutingMayHaveTakenWhatThatRefuses() {
        let head = "type filter hook prerouting priority raw; policy accept;"
        let text = "table inet t {\nchain c {\n\(head)\nip saddr @s drop\n}\n}"
        let result = RulesetTrial.denied(NFTRuleset(text).tables) { _ in
        } facts: {
            $0.route = { _ in .nowhere }
        }
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("routing refuses them"))
        #expect(result.evidence.contains("ip saddr @s drop may mean these packets"))
        // One that took packets of other lengths did not.
        let other = text.replacing("ip saddr @s", with: "meta length 60-62 counter packets 3 bytes 183")
        let refused = RulesetTrial.denied(NFTRuleset(other).tables) { _ in
        } facts: {
            $0.route = { _ in .nowhere }
        }
        #expect(refused.reasons == [.droppedAfterConntrack: 3])
    }

    @Test(arguments: [0xffff_ffff as UInt32, 0x0a00_00ff])
    func whatIsForAllOnALinkMeetsTheHostsInput(destination: UInt32) {
        let tables = RulesetTrial.saved("*filter\n:INPUT DROP [3:300]\n:FORWARD DROP [60:3600]\nCOMMIT\n")
        let result = RulesetTrial.denied(tables) {
            $0.key.destination = IPAddress(ipv4: destination)
        } facts: {
            $0.route = { _ in destination == .max ? nil : .host }
        }
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("INPUT: policy DROP means these packets"))
        #expect(!result.evidence.contains("FORWARD"))
    }

    @Test func whatAGroupGetsThatNobodyListensToComesToNoPolicy() {
        let tables = RulesetTrial.saved("*filter\n:INPUT DROP [6:600]\n:FORWARD DROP [60:3600]\nCOMMIT\n")
        let result = RulesetTrial.denied(tables) {
            $0.key.destination = IPAddress(ipv4: 0xe000_00fb)
        } facts: {
            $0.route = { _ in .nowhere }
        }
        #expect(result.reasons == [.droppedAfterConntrack: 3])
        #expect(result.evidence == "nobody on the host listens to 224.0.0.251, and the host does not pass it on")
        // Where somebody does, it may be for the host.
        let heard = RulesetTrial.denied(tables) { $0.key.destination = IPAddress(ipv4: 0xe000_0001) }
        #expect(heard.evidence.contains("INPUT: policy DROP may mean these packets"))
    }

    @Test func aRuleWithoutACounterExplainsOnlyWhatItSurelyMeans() {
        #expect(RulesetTrial.forward("tcp dport 443 drop").reasons == [.denied: 3])
        let unsure = RulesetTrial.forward("ip saddr @s drop")
        #expect(unsure.reasons == [.unexplained: 3])
        #expect(unsure.evidence.contains("may mean these packets; it has no counter that would show it"))
    }

    @Test func aRuleWhoseCounterStoodStillTookNothing() {
        // It could have accepted them, but it never did.
        let result = RulesetTrial.forward("ip saddr @s counter packets 0 bytes 0 accept\n\(RulesetTrial.counted) drop")
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("counter drop means these packets"))
    }

    @Test func whatAProgramDecidesIsNotSure() {
        let result = RulesetTrial.forward("queue to 1\n\(RulesetTrial.counted) drop")
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("queue to 1 may mean these packets"))
    }

    @Test func aMapOfVerdictsThatNobodyShowsMayDropThem() {
        let result = RulesetTrial.forward("tcp dport vmap @ports")
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("no rule that nfmon understands"))
        #expect(result.evidence.contains("tcp dport vmap @ports may mean these packets"))
    }

    @Test func theInterfaceOfABridgesPortIsNotTheOneThatRulesSee() {
        let rules = "iifname \"br0\" accept\niifname \"lan0\" \(RulesetTrial.counted) drop"
        // The port has no address, so nobody knows by which interface rules see its packets.
        let tables = NFTRuleset(
            "table inet t {\nchain c {\ntype filter hook forward priority 0; policy drop;\n\(rules)\n}\n}"
        ).tables
        let port = RulesetTrial.denied(tables) { _ in
        } facts: {
            $0.ownAddresses = LocalAddresses([IPAddress(ipv4: 0x0a00_0001)], of: [9])
        }
        #expect(port.evidence.contains("lan0\" counter drop may mean these packets"))
        #expect(port.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(RulesetTrial.denied(tables).sessions.flatMap(\.differences).map(\.isCertain) == [true])
        #expect(RulesetTrial.denied(tables).reasons == [.denied: 3])
    }

    @Test func whatAProxyMayHaveTakenIsNotSurelyForwarded() {
        let tables = RulesetTrial.saved(
            """
            *mangle
            :PREROUTING ACCEPT [0:0]
            [5:500] -A PREROUTING -p tcp -m tcp --dport 443 -j TPROXY --on-port 3129
            COMMIT
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD DROP [60:6000]
            COMMIT
            """)
        let result = RulesetTrial.denied(tables)
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("FORWARD: policy DROP may mean these packets"))
        #expect(!result.evidence.contains("that nfmon understands"))
    }

    @Test func whatAProxyTookAndInputCountedInputDenied() {
        let tables = RulesetTrial.saved(
            """
            *mangle
            :PREROUTING ACCEPT [0:0]
            [3:300] -A PREROUTING -p tcp -m tcp --dport 443 -j TPROXY --on-port 3129
            COMMIT
            *filter
            :INPUT DROP [3:300]
            :FORWARD DROP [0:0]
            COMMIT
            """)
        let result = RulesetTrial.denied(tables)
        #expect(result.reasons == [.denied: 3])
        #expect(
            result.evidence == "rule ip filter INPUT: policy DROP may mean these packets, and its counter rose by 3")
    }

    @Test(arguments: [false, true])
    func whatAProxyTookOverNeedNotLeave(hasProxy: Bool) {
        let head = "type filter hook prerouting priority mangle; policy accept;"
        let rule = hasProxy ? "tcp dport 443 counter packets 10 bytes 1000 tproxy to :3129 accept" : "accept"
        let rules = FirewallRuleset(NFTRuleset("table ip t {\nchain c {\n\(head)\n\(rule)\n}\n}").tables)
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules)
            $0.route = { _ in .interface(SessionBuilder.server) }
        }
        let result = compare(facts) { $0.second = nil }
        #expect(result.reasons[.droppedAfterConntrack] == (hasProxy ? nil : 10))
        #expect(result.sessions.isEmpty == hasProxy)
    }

    @Test func packetsOfOtherLengthsAreNotThoseThatARuleCounted() {
        // Of these each has 100 bytes.
        #expect(RulesetTrial.forward("meta length 60-62 \(RulesetTrial.counted) drop").reasons == [.unexplained: 3])
        #expect(RulesetTrial.forward("meta length > 100 \(RulesetTrial.counted) drop").reasons == [.unexplained: 3])
        let length = RulesetTrial.forward("meta length { 40-60, 90-110 } \(RulesetTrial.counted) drop")
        #expect(length.reasons == [.denied: 3])
        #expect(length.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(RulesetTrial.forward("ip saddr @s counter packets 3 bytes 204 drop").reasons == [.unexplained: 3])
        #expect(RulesetTrial.forward("ip saddr @s counter packets 4 bytes 310 drop").reasons == [.unexplained: 3])
        #expect(RulesetTrial.forward("ip saddr @s counter packets 4 bytes 340 drop").reasons == [.denied: 3])
        let saved = "*filter\n:FORWARD ACCEPT [0:0]\n[9:900] -A FORWARD -m length --length 60:62 -j DROP\nCOMMIT\n"
        #expect(RulesetTrial.denied(RulesetTrial.saved(saved)).reasons == [.unexplained: 3])
    }

    @Test func countersOfSessionsThatAFilterHidesMakeNoSum() {
        let head = "type filter hook forward priority filter; policy accept;"
        let rules =
            "ip saddr @s counter packets 2 bytes 200 drop\nip saddr @t counter packets 1 bytes 100 drop"
        let tables = NFTRuleset("table ip t {\nchain c {\n\(head)\n\(rules)\n}\n}").tables
        for isHidden in [false, true] {
            let result = RulesetTrial.denied(tables) { _ in
            } facts: {
                $0.hidesSessions = isHidden
            }
            #expect(result.reasons == (isHidden ? [.unexplained: 3] : [.denied: 3]))
        }
    }

    @Test func behindARuleThatNobodyCanReadNothingIsSure() {
        let result = RulesetTrial.forward("# Unknown target\n\(RulesetTrial.counted) drop")
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
        let result = RulesetTrial.denied(RulesetTrial.saved(text))
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("no rule that nfmon understands"))
        #expect(result.evidence.contains("-j SOMEBODYS may mean these packets, and its counter rose by 9"))
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
