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
        // One without a counter may have done it as well.
        let other = RulesetTrial.forward("ip saddr @s counter packets 3 bytes 300 drop\nip saddr @t drop")
        #expect(other.reasons == [.denied: 3])
        #expect(
            other.evidence.hasSuffix(
                "ip saddr @t drop may mean these packets; it has no counter that nfmon reads and that counts only what it takes"
            ))
        // One whose counter stood still is not among them.
        let idle = RulesetTrial.forward(
            "ip saddr @s \(RulesetTrial.counted) drop\nip saddr @t counter packets 0 bytes 0 drop")
        #expect(idle.reasons == [.denied: 3])
    }

    @Test func whatLeftAnInterfaceNoRuleDenied() {
        // Answers that a rule gives in the server's name (synproxy): nothing of them comes in.
        let result = RulesetTrial.forward("ct state invalid counter packets 3 bytes 300 drop") {
            ($0.first, $0.second) = ((0, 3), nil)
        }
        #expect(result.reasons == [.unexplained: 3])
        #expect(!result.evidence.contains("ct state invalid"))
        #expect(result.evidence.contains("none of them came in by an interface that is captured"))
    }

    /// One whose rule in FORWARD counted while it went on.
    private static func comparison(_ rule: String) -> Comparison {
        let head = "type filter hook forward priority filter; policy accept;"
        let rules = FirewallRuleset(NFTRuleset("table ip t {\nchain c {\n\(head)\n\(rule)\n}\n}").tables)
        let facts = someFacts { $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules) }
        return Comparison(facts, names: someNames())
    }

    @Test(arguments: [false, true])
    func whatARuleSurelyTookItDidNotTakeOfOthers(isSureFirst: Bool) {
        var comparison = Self.comparison("ct state new counter packets 3 bytes 300 drop")
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

    @Test(arguments: [false, true])
    func theSessionThatLacksJustWhatARuleCountedIsItsPrey(isFitFirst: Bool) {
        var comparison = Self.comparison("tcp dport @s counter packets 5 bytes 500 drop")
        for isFit in [isFitFirst, !isFitFirst] {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = (nil, (isFit ? 5 : 3, 0), nil)
            builder.key.destinationPort = isFit ? 71 : 75
            comparison.add(builder.compared)
        }
        let result = comparison.conclude()
        #expect(result.reasons == [.denied: 5, .unexplained: 3])
        #expect(result.sessions.first { $0.reasons == [.denied] }?.session.record.original.destinationPort == 71)
    }

    /// Sessions to ports from 71 on that lack so many packets each.
    private static func outcome(_ rule: String, lacking counts: [UInt64]) -> ComparisonOutcome {
        var comparison = Self.comparison(rule)
        for (index, count) in counts.enumerated() {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = (nil, (count, 0), nil)
            builder.key.destinationPort = 71 + UInt16(index)
            comparison.add(builder.compared)
        }
        return comparison.conclude()
    }

    @Test func whichOfTwoSessionsARuleTookWhereItCountedEnoughForOneNobodyCanTell() {
        let rule = "tcp dport @s counter packets 5 bytes 500 drop"
        for counts: [UInt64] in [[5, 5], [4, 3], [5, 5, 5]] {
            let result = Self.outcome(rule, lacking: counts)
            #expect(result.reasons == [.unexplained: counts.reduce(0, +)])
            #expect(result.sessions.count == counts.count)
            for session in result.sessions {
                #expect(
                    session.differences.flatMap(\.evidence).contains(
                        "rule ip t c: tcp dport @s counter drop may mean these packets, and its counter rose by 5: enough for one only of the sessions that lack such packets"
                    ))
            }
        }
        #expect(Self.outcome(rule, lacking: [2, 3]).reasons == [.denied: 5])
        #expect(Self.outcome(rule, lacking: [5]).reasons == [.denied: 5])
    }

    @Test func whereItCountedEnoughForSomeTheOthersAreToldOfIt() {
        let result = Self.outcome("tcp dport @s counter packets 6 bytes 600 drop", lacking: [3, 3, 3])
        #expect(result.reasons == [.denied: 6, .unexplained: 3])
        #expect(result.evidence.contains("its counter rose by 6: all of those may be other sessions'"))
    }

    @Test func whereAllThatItCountedIsSurelyOfOthersNobodyIsToldOfIt() {
        var comparison = Self.comparison("ct state new counter packets 3 bytes 300 drop")
        for isSure in [true, false] {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = (nil, (3, 0), nil)
            builder.key.sourcePort = isSure ? 1 : 2
            if !isSure { builder.facts.remove(.start) }
            comparison.add(builder.compared)
        }
        let other = comparison.conclude().sessions.first { $0.session.record.original.sourcePort == 2 }
        #expect(other?.differences.flatMap(\.evidence) == ["no rule shows that it took these packets"])
    }

    @Test func whereALogExplainsAPartOfWhatFitsARuleOthersTakeTheRest() {
        var comparison = Self.comparison("tcp dport @s counter packets 5 bytes 500 drop")
        // Two of the five were logged as denied, which is told with their port's session only at the end.
        var logged = SessionBuilder()
        (logged.tracked, logged.first, logged.second, logged.logged) = (nil, nil, nil, (2, 0))
        logged.facts = [.live, .nflog, .denied]
        logged.key.destinationPort = 71
        var denial = Denial(rule: .none, verdict: .drop, at: logged.startTime)
        denial.count = 2
        logged.denials = [denial]
        comparison.add(logged.compared)
        for (port, count) in [(UInt16(71), UInt64(5)), (72, 2)] {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = (nil, (count, 0), nil)
            builder.key.destinationPort = port
            comparison.add(builder.compared)
        }
        let result = comparison.conclude()
        #expect(result.reasons == [.denied: 7])
        #expect(result.summary.ruleUses.map(\.packetCount) == [5])
    }

    @Test func whatOnlyOneSessionCanHaveComeToTookThatOnes() {
        // Both rose by enough, and one by just that; no other session can have come to it.
        let rules = "ip saddr @s \(RulesetTrial.counted) drop\ntcp dport 443 counter packets 3 bytes 300 drop"
        let result = RulesetTrial.forward(rules)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("tcp dport 443 counter drop may mean these packets"))
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        // Two can.
        var comparison = Self.comparison(rules)
        for port: UInt16 in [1, 2] {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = (nil, (port == 1 ? 3 : 5, 0), nil)
            builder.key.sourcePort = port
            comparison.add(builder.compared)
        }
        let both = comparison.conclude()
        #expect(both.sessions.first { $0.session.record.original.sourcePort == 1 }?.reasons == [.unexplained])
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

    @Test func aRuleWithoutACounterExplainsOnlyWhatItSurelyMeans() {
        #expect(RulesetTrial.forward("tcp dport 443 drop").reasons == [.denied: 3])
        let unsure = RulesetTrial.forward("ip saddr @s drop")
        #expect(unsure.reasons == [.unexplained: 3])
        #expect(
            unsure.evidence.contains(
                "may mean these packets; it has no counter that nfmon reads and that counts only what it takes"))
        // It has one, and that counts what the rule does not mean, too.
        let early = RulesetTrial.forward("tcp dport 443 counter packets 9 bytes 900 ip saddr @s drop")
        #expect(
            early.evidence.contains(
                "drop may mean these packets; it has no counter that nfmon reads and that counts only what it takes"))
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

    @Test func behindARuleThatWasPutElsewhereNothingIsSure() {
        func rules(_ lines: [String]) -> FirewallRuleset {
            let text = "*filter\n:FORWARD ACCEPT [0:0]\n\(lines.joined(separator: "\n"))\nCOMMIT\n"
            return FirewallRuleset(RulesetTrial.saved(text))
        }
        let drop = "[90:9000] -A FORWARD -p tcp -j DROP"
        let accept = "[5:500] -A FORWARD -p tcp --dport 80 -j ACCEPT"
        for (before, isSure) in [([drop, accept], true), ([accept, drop], false)] {
            let facts = someFacts {
                $0.rules = WatchedRuleset(before: rules(before).withoutCounts, after: rules([drop, accept]))
            }
            let result = compare(facts) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
            #expect(result.reasons == [.denied: 3])
            #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [isSure])
        }
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

    /// A wrong checksum makes any first packet invalid, and conntrack counts those.
    @Test func whatConntrackMayHaveFoundDamagedOneRuleOfTwoTook() {
        func outcome(invalid: UInt32) -> ComparisonOutcome {
            var failures = ConntrackFailures()
            failures.invalid = UInt64(invalid)
            let rules = """
                ct state invalid counter packets 3 bytes 300 drop
                udp dport 443 counter packets 3 bytes 300 drop
                """
            let head = "type filter hook forward priority filter; policy accept;"
            return RulesetTrial.denied(
                NFTRuleset("table inet t {\nchain c {\n\(head)\n\(rules)\n}\n}").tables,
                { $0.key.transport = .udp }, facts: { $0.failures = failures })
        }
        let sound = outcome(invalid: 0)
        #expect(sound.reasons == [.denied: 3])
        #expect(sound.sessions.flatMap(\.differences).map(\.isCertain) == [true])
        #expect(!sound.evidence.contains("invalid"))
        let damaged = outcome(invalid: 3)
        #expect(damaged.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(damaged.evidence.contains("ct state invalid"))
    }

    /// A rule that stood in a chain to which packets came first, and in a table of its own, and is gone at the end.
    @Test(arguments: [
        ("ip saddr 10.0.0.7", false), ("ip saddr 10.0.0.8", true), ("tcp sport 40000", false),
        ("tcp sport 40001", true),
    ])
    func whatARuleThatIsGoneMayHaveTakenNoOtherSurelyTook(test: String, isOther: Bool) {
        func ruleset(_ gone: String, _ other: String, isEnd: Bool) -> FirewallRuleset {
            let head = "type filter hook forward priority"
            let text = """
                table inet f2b {
                chain banned {
                \(gone)
                }
                chain first {
                \(head) -10; policy accept;
                jump banned
                }
                }
                \(other)
                table inet t {
                chain c {
                \(head) 0; policy accept;
                tcp dport 443 \(isEnd ? RulesetTrial.counted : "counter packets 0 bytes 0") drop
                }
                }
                """
            return FirewallRuleset(NFTRuleset(text).tables)
        }
        let own =
            "table inet own {\nchain o {\ntype filter hook forward priority -20; policy accept;\n\(test) drop\n}\n}"
        for (gone, other) in [("\(test) drop", ""), ("", own)] {
            let facts = someFacts {
                $0.rules = WatchedRuleset(
                    before: ruleset(gone, other, isEnd: false), after: ruleset("", "", isEnd: true))
            }
            let result = compare(facts) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
            #expect(result.reasons == [.denied: 3])
            #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [isOther], "\(gone) \(other)")
            #expect(result.evidence.contains("was there at the beginning, and is gone") == !isOther)
        }
    }

    /// A rule that meant packets by the destination that they were given is gone, and another one means them by their source.
    @Test func aRuleThatIsGoneMayHaveMetAnotherDestination() {
        func ruleset(_ translation: String, _ count: Int) -> FirewallRuleset {
            let text = """
                table ip nat {
                chain p {
                type nat hook prerouting priority dstnat; policy accept;
                \(translation)
                }
                }
                table ip t {
                chain c {
                type filter hook forward priority filter; policy accept;
                ip saddr 10.0.0.7 counter packets \(count) bytes \(count * 100) drop
                }
                }
                """
            return FirewallRuleset(NFTRuleset(text).tables)
        }
        let gone = """
            table ip own {
            chain o {
            type filter hook forward priority -10; policy accept;
            ip daddr 10.9.9.9 drop
            }
            }
            """
        let others = "tcp dport 80 dnat to 10.9.9.9"
        for (translation, later, isSure) in [
            ("tcp dport 443 dnat to 10.9.9.9", nil, false), ("tcp dport 443 dnat to 10.9.9.9", "", false),
            (others, nil, true), ("", nil, true),
        ] as [(String, String?, Bool)] {
            let facts = someFacts {
                $0.rules = WatchedRuleset(
                    before: FirewallRuleset(ruleset(translation, 0).tables + NFTRuleset(gone).tables),
                    after: ruleset(later ?? translation, 3))
            }
            let result = compare(facts) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
            #expect(result.reasons == [.denied: 3])
            #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [isSure], "\(translation)")
        }
    }

    /// Rules that set marks, or hide packets from conntrack, and came or went meanwhile.
    @Test func whatRulesSetThatWereNotThereAllTheTimeIsNotSure() {
        func ruleset(_ early: String, _ count: Int) -> FirewallRuleset {
            let text = """
                table ip m {
                chain p {
                type filter hook prerouting priority -300; policy accept;
                \(early)
                ip saddr 10.0.0.99 tcp dport 443 meta mark set 0x00000001
                }
                }
                table ip t {
                chain c {
                type filter hook forward priority filter; policy accept;
                meta mark 0x00000001 accept
                tcp dport 443 counter packets \(count) bytes \(count * 100) drop
                }
                }
                """
            return FirewallRuleset(NFTRuleset(text).tables)
        }
        let own = "ip saddr 10.0.0.7 tcp dport 443 meta mark set 0x00000001"
        let other = "ip saddr 10.0.0.8 tcp dport 443 meta mark set 0x00000001"
        for (before, after, isSure) in [
            ("", "", true), (own, "", false), (other, "", true), ("ip saddr 10.0.0.7 notrack", "", false),
        ] {
            let facts = someFacts {
                $0.rules = WatchedRuleset(before: ruleset(before, 0), after: ruleset(after, 3))
            }
            let result = compare(facts) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
            #expect(result.reasons == [.denied: 3])
            #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [isSure], "\(before) \(result.evidence)")
        }
        // One that is new set the mark of later packets only.
        func marked(_ early: String) -> FirewallRuleset {
            let text = """
                table ip m {
                chain p {
                type filter hook prerouting priority -300; policy accept;
                \(early)
                }
                }
                table ip t {
                chain c {
                type filter hook forward priority filter; policy accept;
                meta mark & 0x00000001 == 0x00000001 counter packets 3 bytes 300 drop
                }
                }
                """
            return FirewallRuleset(NFTRuleset(text).tables)
        }
        for (before, isSure) in [(own, true), ("", false)] {
            let facts = someFacts {
                $0.rules = WatchedRuleset(before: marked(before).withoutCounts, after: marked(own))
            }
            let result = compare(facts) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
            #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [isSure], "\(before) \(result.evidence)")
        }
    }

    @Test func aRuleThatCountedFewerBytesCountedOthers() {
        for (bytes, isSure) in [(300, true), (200, false)] {
            let result = RulesetTrial.forward("tcp dport 443 counter packets 3 bytes \(bytes) drop")
            #expect(result.reasons == [.denied: 3])
            #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [isSure])
            #expect(result.evidence.contains("its packets had 200 bytes, and these have 300") != isSure)
        }
    }

    /// Conntrack tracks only where a rule asks for it.
    @Test(arguments: [(true, false, true), (false, false, false), (true, true, false)])
    func whereNoRuleAsksForConntrackItTracksNothing(tracksNothing: Bool, hasOther: Bool, isIdle: Bool) {
        var comparison = Comparison(someFacts { $0.tracksNothing = tracksNothing }, names: someNames())
        var builder = SessionBuilder()
        if hasOther { comparison.add(builder.compared) }
        builder.key.sourcePort = 9
        (builder.tracked, builder.first, builder.second) = (nil, (3, 2), nil)
        comparison.add(builder.compared)
        let result = comparison.conclude()
        #expect(result.reasons[.untracked] == (isIdle ? 5 : nil))
        #expect(result.evidence.contains("no rule here uses conntrack, so it tracks nothing") == isIdle)
    }
}
