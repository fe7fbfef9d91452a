import Comparison
import FlowModel
import Testing
import Wire

/// Rules that let packets of a session pass, and so take no others of it.
struct RulePrecedentTests {
    private static let fixed = "set s {\ntype inet_service\n}\nset t {\ntype ipv4_addr\n}"
    private static let taking = "tcp dport @s counter packets 3 bytes 300 drop"

    /// A session of which ten packets came in, conntrack counted all, and three did not leave.
    private static func outcome(
        _ rules: String, sets: String = fixed, hook: String = "forward", generations: (UInt32?, UInt32?) = (7, 7),
        before: String? = nil, _ change: (inout SessionBuilder) -> Void = { $0.second = (0, 8) }
    ) -> ComparisonOutcome {
        func ruleset(_ rules: String, _ generation: UInt32?) -> FirewallRuleset {
            let head = "type filter hook \(hook) priority filter; policy accept;"
            var ruleset = FirewallRuleset(
                NFTRuleset("table ip t {\n\(sets)\nchain c {\n\(head)\n\(rules)\n}\n}").tables)
            ruleset.generation = generation
            return ruleset
        }
        let facts = someFacts {
            $0.rules = WatchedRuleset(
                before: ruleset(before ?? rules, generations.0).withoutCounts, after: ruleset(rules, generations.1))
        }
        return compare(facts) {
            ($0.tracked, $0.first) = ((3, 8), (3, 8))
            change(&$0)
        }
    }

    @Test func aRuleThatLetTheFirstPacketPassTakesNoLaterOne() {
        let result = Self.outcome(Self.taking)
        #expect(result.reasons[.droppedAfterConntrack] == 3)
        #expect(!result.evidence.contains("@s"))
        // Also behind what only some packets come past.
        #expect(!Self.outcome("ct state established accept\n\(Self.taking)").evidence.contains("@s"))
    }

    @Test(arguments: [
        "limit rate 5/second tcp dport @s counter packets 3 bytes 300 drop",
        "ct state established tcp dport @s counter packets 3 bytes 300 drop",
        "meta mark 0x1 tcp dport @s counter packets 3 bytes 300 drop",
        "limit rate 5/second accept\ntcp dport @s counter packets 3 bytes 300 drop",
        "ct state new ip saddr @t accept\ntcp dport @s counter packets 3 bytes 300 drop",
    ])
    func whereItsPacketsMayDifferToTheRuleItMayTakeLaterOnes(rules: String) {
        #expect(Self.outcome(rules).evidence.contains("@s"))
    }

    @Test func aSetThatMayHaveChangedMayMeanLaterOnes() {
        #expect(Self.outcome(Self.taking, generations: (7, 8)).evidence.contains("@s"))
        #expect(Self.outcome(Self.taking, generations: (nil, nil)).evidence.contains("@s"))
        #expect(Self.outcome(Self.taking, sets: "").evidence.contains("@s"))
        for change in ["flags dynamic,timeout", "timeout 1h", "flags timeout"] {
            let set = "set s {\ntype inet_service\n\(change)\n}"
            #expect(Self.outcome(Self.taking, sets: set).evidence.contains("@s"))
        }
    }

    @Test func aRuleThatWasAddedMeanwhileMayTakeLaterOnes() {
        #expect(Self.outcome(Self.taking, before: "").evidence.contains("@s"))
        // One before it may have kept the first packet from it.
        let result = Self.outcome(Self.taking, before: "tcp dport 443 accept\n\(Self.taking)")
        #expect(result.evidence.contains("@s"))
    }

    @Test func ofASessionFromBeforeOnlyWhatLeftTells() {
        let older: (inout SessionBuilder) -> Void = {
            $0.startTime = Timestamp(seconds: 900, nanoseconds: 0)
            ($0.tracked, $0.baseline, $0.first, $0.second) = ((20, 8), (10, 0), (10, 8), (7, 8))
        }
        #expect(!Self.outcome(Self.taking, older).evidence.contains("@s"))
        let gone: (inout SessionBuilder) -> Void = {
            older(&$0)
            $0.second = (0, 8)
        }
        #expect(Self.outcome(Self.taking, gone).evidence.contains("@s"))
    }

    @Test func aPacketThatWasConfirmedSaysNothingOfWhatTheDeviceSendsOut() {
        let set = "set s {\ntype inet_service\n}"
        let head = "type filter hook egress device \"wan0\" priority 0; policy accept;"
        var ruleset = FirewallRuleset(
            NFTRuleset("table netdev t {\n\(set)\nchain c {\n\(head)\n\(Self.taking)\n}\n}").tables)
        ruleset.generation = 1
        let facts = someFacts { $0.rules = WatchedRuleset(before: ruleset.withoutCounts, after: ruleset) }
        let result = compare(facts) { ($0.tracked, $0.first, $0.second) = ((3, 8), (3, 8), (0, 8)) }
        #expect(result.evidence.contains("@s"))
    }

    @Test func whatIsTrackedNoRuleThatKeepsPacketsFromConntrackMeant() {
        let rule = "tcp dport @s counter packets 3 bytes 300 notrack"
        let result = Self.outcome(rule, hook: "prerouting") {
            ($0.tracked, $0.first, $0.second) = ((7, 8), (10, 8), (10, 8))
        }
        // A chain of the priority of filters is behind conntrack.
        #expect(!result.evidence.contains("@s"))
    }
}
