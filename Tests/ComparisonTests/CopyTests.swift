import Comparison
import FlowModel
import Testing
import Wire

/// Copies that rules make of packets: conntrack counts none of them, and what they are made of may be dropped.
struct CopyTests {
    private static let forward = "type filter hook forward priority filter; policy accept;"
    private static let prerouting = "type filter hook prerouting priority mangle; policy accept;"

    private static func trial(
        _ chains: String, _ change: (inout SessionBuilder) -> Void = { _ in }
    ) -> ComparisonOutcome {
        let ruleset = FirewallRuleset(NFTRuleset("table ip t {\n\(chains)\n}").tables)
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: ruleset.withoutCounts, after: ruleset)
            $0.failures = ConntrackFailures()
        }
        return compare(facts, change)
    }

    private static func copying(_ rule: String, _ further: String = "") -> String {
        "chain copy {\n\(prerouting)\n\(rule)\n}\n\(further)"
    }

    @Test func whatLeavesMoreThanCameInMayBeCopies() {
        let sure = Self.trial(Self.copying("tcp dport 443 counter packets 10 bytes 1000 dup to 192.0.2.9")) {
            $0.second = (20, 8)
        }
        #expect(sure.reasons == [.untracked: 10])
        #expect(sure.sessions.flatMap(\.differences).allSatisfy { $0.isCertain })
        #expect(sure.evidence.hasPrefix("conntrack does not count copies that rules make (dup, TEE)"))
        #expect(sure.evidence.contains("dup to 192.0.2.9 means these packets, and its counter rose by 10"))
        // No more of them than it counted.
        let fewer = Self.trial(Self.copying("tcp dport 443 counter packets 4 bytes 400 dup to 192.0.2.9")) {
            $0.second = (20, 8)
        }
        #expect(fewer.reasons == [.untracked: 4, .unexplained: 6])
        // One that nobody counts shows nothing, unless it means them all.
        let uncounted = Self.trial(Self.copying("tcp dport 443 dup to 192.0.2.9")) { $0.second = (20, 8) }
        #expect(uncounted.reasons == [.untracked: 10])
        #expect(uncounted.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        let doubtful = Self.trial(Self.copying("tcp dport @s dup to 192.0.2.9")) { $0.second = (20, 8) }
        #expect(doubtful.reasons == [.unexplained: 10])
        #expect(doubtful.evidence.contains("what left may be copies"))
    }

    @Test func aRuleThatMayCopyExplainsWhereItAloneCountedAllThatIsMissing() {
        func copies(_ rules: String...) -> ComparisonOutcome {
            Self.trial(Self.copying(rules.joined(separator: "\n"))) { $0.second = (20, 8) }
        }
        let sole = copies("tcp dport @s counter packets 10 bytes 1000 dup to 192.0.2.9")
        #expect(sole.reasons == [.untracked: 10])
        #expect(sole.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        let part = copies("tcp dport @s counter packets 4 bytes 400 dup to 192.0.2.9")
        #expect(part.reasons == [.unexplained: 10])
        #expect(part.evidence.contains("its counter rose by 4: what left may be copies"))
        let two = copies(
            "tcp dport @s counter packets 10 bytes 1000 dup to 192.0.2.9",
            "tcp dport @t counter packets 10 bytes 1000 dup to 192.0.2.8")
        #expect(two.reasons == [.unexplained: 10])
        // What one surely copied the other did not.
        let rest = copies(
            "tcp dport @s counter packets 9 bytes 900 dup to 192.0.2.9",
            "tcp dport 443 counter packets 4 bytes 400 dup to 192.0.2.8")
        #expect(rest.reasons == [.untracked: 10])
        #expect(rest.sessions.flatMap(\.differences).map(\.packetCount) == [4, 6])
    }

    @Test func sessionsShareTheCopiesOfARuleThatAlsoDenies() {
        let chain = Self.copying("tcp dport @s counter packets 10 bytes 1000 dup to 192.0.2.9 drop")
        let ruleset = FirewallRuleset(NFTRuleset("table ip t {\n\(chain)\n}").tables)
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: ruleset.withoutCounts, after: ruleset)
            $0.failures = ConntrackFailures()
        }
        var comparison = Comparison(facts, names: someNames())
        for port: UInt16 in [1, 2] {
            var builder = SessionBuilder()
            builder.second = (20, 8)
            builder.key.sourcePort = port
            comparison.add(builder.compared)
        }
        #expect(comparison.conclude().reasons == [.untracked: 10, .unexplained: 10])
    }

    @Test func packetsOfWhichOnlyCopiesLeftWereDeniedAllTheSame() {
        let deny = "chain deny {\n\(Self.forward)\ntcp dport 443 counter packets 10 bytes 1000 drop\n}"
        let copy = "tcp dport 443 counter packets 10 bytes 1000 dup to 192.0.2.9"
        let result = Self.trial(Self.copying(copy, deny)) {
            ($0.tracked, $0.first, $0.second) = (nil, (10, 0), (10, 0))
        }
        #expect(result.reasons == [.denied: 10])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(result.evidence.contains("counter drop means these packets, and its counter rose by 10"))
        #expect(result.evidence.contains("what left may be copies"))
    }

    @Test func whereRulesMakeCopiesNothingIsSurelyUntracked() {
        let copy = "tcp dport 443 counter packets 10 bytes 1000 dup to 192.0.2.9"
        let result = Self.trial(Self.copying(copy)) { ($0.tracked, $0.first, $0.second) = (nil, (10, 0), (10, 0)) }
        #expect(result.reasons == [.untracked: 10])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(result.evidence.contains("what left may be copies"))
        // Of other packets' copies it is no matter.
        let other = Self.trial(Self.copying("tcp dport 80 counter packets 10 bytes 1000 dup to 192.0.2.9")) {
            ($0.tracked, $0.first, $0.second) = (nil, (10, 0), (10, 0))
        }
        #expect(other.sessions.flatMap(\.differences).allSatisfy { $0.isCertain })
        // iptables writes it so.
        let saved =
            "*mangle\n:PREROUTING ACCEPT [0:0]\n[10:1000] -A PREROUTING -p tcp -j TEE --gateway 192.0.2.9\nCOMMIT\n"
        let tee = RulesetTrial.denied(RulesetTrial.saved(saved)) { ($0.first, $0.second) = ((10, 0), (10, 0)) }
        #expect(tee.reasons == [.untracked: 10])
        #expect(tee.evidence.contains("-j TEE --gateway 192.0.2.9 means these packets"))
        #expect(tee.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
    }
}
