import Comparison
import FlowModel
import Testing
import Wire

/// Packets that the host itself dropped, by its own counters.
struct HostDropTests {
    /// What became of three packets to port 443 that came in and did not leave, where a rule counted more than three such, and other counters
    /// rose by so much.
    private static func outcome(
        _ hook: String, _ priority: Int, _ growth: [String: UInt64], rule: String = "tcp dport 443",
        facts: (inout ComparisonFacts) -> Void = { _ in }
    ) -> ComparisonOutcome {
        let head = "type filter hook \(hook) priority \(priority); policy accept;"
        let text = "table inet t {\nchain c {\n\(head)\n\(rule) \(RulesetTrial.counted) drop\n}\n}"
        return RulesetTrial.denied(
            NFTRuleset(text).tables,
            facts: {
                $0.stackGrowth = StackCounters(growth)
                facts(&$0)
            })
    }

    private static func certainties(_ outcome: ComparisonOutcome) -> [Bool] {
        outcome.sessions.flatMap(\.differences).map(\.isCertain)
    }

    @Test func aRuleIsNotSureOfWhatTheHostMayHaveDroppedBeforeIt() {
        let policy = Self.outcome("forward", 0, ["XfrmInPolBlock": 3])
        #expect(policy.reasons == [.denied: 3])
        #expect(Self.certainties(policy) == [false])
        #expect(
            policy.evidence.hasSuffix(
                "these may be packets that the host itself dropped: XfrmInPolBlock rose by 3 (an IPsec policy)"))
        for hook in ["prerouting", "forward"] {
            let damaged = Self.outcome(hook, -300, ["IpInHdrErrors": 3, "IpExtInCsumErrors": 3])
            #expect(Self.certainties(damaged) == [false])
            #expect(damaged.evidence.contains("IpExtInCsumErrors rose by 3 (the header's checksum is wrong)"))
            #expect(!damaged.evidence.contains("IpInHdrErrors"))
        }
    }

    @Test func ofMorePacketsThanTheHostDroppedTheRuleSurelyTookTheOthers() {
        let result = Self.outcome("forward", 0, ["XfrmInPolBlock": 1])
        #expect(result.reasons == [.denied: 3])
        #expect(result.sessions[0].differences.map(\.packetCount) == [2, 1])
        #expect(Self.certainties(result) == [true, false])
    }

    @Test(
        arguments: [
            // What the host drops behind the rule, or none of whose packets these are.
            ("prerouting", -300, ["XfrmInPolBlock": 3]), ("prerouting", -300, ["IpInHdrErrors": 3]),
            ("forward", 0, ["Ip6InDiscards": 3, "Ip6InHdrErrors": 3]), ("forward", 0, ["XfrmInNoStates": 3]),
            // 300 bytes: no packet of them is too large.
            ("forward", 0, ["IpFragFails": 3]), ("forward", 0, ["IpInReceives": 90, "UdpInErrors": 3]),
        ] as [(String, Int, [String: UInt64])])
    func otherDropsOfTheHostAreNoDoubt(hook: String, priority: Int, growth: [String: UInt64]) {
        let result = Self.outcome(hook, priority, growth)
        #expect(result.summary.reasons.count == 1)
        #expect(Self.certainties(result) == [true])
    }

    @Test func whatTheRoutingRefusesIsADoubtOnlyOfPacketsWhoseWayNobodyKnows() {
        let refused: [String: UInt64] = ["IpExtInNoRoutes": 3, "TcpExtIPReversePathFilter": 3]
        #expect(Self.certainties(Self.outcome("forward", 0, refused)) == [false])
        #expect(Self.certainties(Self.outcome("prerouting", 0, refused)) == [true])
        let routed = Self.outcome("forward", 0, refused) {
            $0.routing = RoutingPolicy()
            $0.route = { _ in .interface(SessionBuilder.server) }
        }
        #expect(Self.certainties(routed) == [true])
        // Routes go with an interface that is down, and are there again when they are asked.
        let changed = Self.outcome("forward", 0, refused) {
            $0.routing = RoutingPolicy()
            $0.route = { _ in .interface(SessionBuilder.server) }
            $0.routeChanges = RouteChanges(concernsAll: true)
        }
        #expect(Self.certainties(changed) == [false])
    }

    @Test func whatTheHostDroppedItselfIsTheReasonWhereNoRuleIs() {
        func outcome(_ growth: [String: UInt64]) -> ComparisonOutcome {
            Self.outcome("forward", 0, growth, rule: "tcp dport 80")
        }
        let damaged = outcome(["IpExtInCsumErrors": 3])
        #expect(damaged.reasons == [.droppedBeforeConntrack: 3])
        #expect(Self.certainties(damaged) == [false])
        let policed = outcome(["XfrmOutPolBlock": 4])
        #expect(policed.reasons == [.droppedAfterConntrack: 3])
        #expect(policed.evidence.contains("XfrmOutPolBlock rose by 4"))
        // Those that conntrack counted came further.
        let growth = StackCounters(["XfrmInPolBlock": 3, "IpExtInCsumErrors": 3])
        let tracked = compare(someFacts { $0.stackGrowth = growth }) { $0.second = (7, 8) }
        #expect(tracked.reasons == [.droppedAfterConntrack: 3])
        #expect(tracked.evidence.contains("XfrmInPolBlock") && !tracked.evidence.contains("IpExtInCsumErrors"))
        // Too few to be these: evidence, and no reason.
        let few = outcome(["IpExtInCsumErrors": 2])
        #expect(few.reasons == [.unexplained: 3])
        #expect(few.evidence.contains("IpExtInCsumErrors rose by 2"))
    }

    @Test func allSessionsTogetherLackNoMoreThanTheHostDropped() {
        let facts = someFacts { $0.stackGrowth = StackCounters(["IpExtInCsumErrors": 5]) }
        var comparison = Comparison(facts, names: someNames())
        for port in UInt16(1)...2 {
            var builder = SessionBuilder()
            builder.key.sourcePort = port
            (builder.tracked, builder.first, builder.second) = (nil, (3, 0), nil)
            comparison.add(builder.compared)
        }
        #expect(comparison.conclude().reasons == [.droppedBeforeConntrack: 3, .unexplained: 3])
    }

    @Test func whatTheHostAnsweredIsNoDoubtOfWhatItDidNot() {
        func outcome(answered: UInt32) -> ComparisonOutcome {
            let facts = someFacts {
                $0.rules = watched([rule(.drop, port: 443, growth: 3)])
                $0.stackGrowth = StackCounters(["IpInHdrErrors": 2, "IcmpOutTimeExcds": 2])
                $0.route = { _ in .interface(SessionBuilder.server) }
            }
            var comparison = Comparison(facts, names: someNames())
            for (port, count) in [(1, 2), (2, 3)] as [(UInt16, UInt64)] {
                var builder = SessionBuilder()
                builder.key.sourcePort = port
                (builder.tracked, builder.first, builder.second) = (nil, (count, 0), nil)
                var compared = builder.compared
                if port == 1 { compared.session.taps.first?.original.errorCount = answered }
                comparison.add(compared)
            }
            return comparison.conclude()
        }
        let seen = outcome(answered: 2)
        #expect(seen.reasons == [.droppedAfterConntrack: 2, .denied: 3])
        #expect(seen.sessions.flatMap(\.differences).allSatisfy { $0.isCertain == ($0.reason == .denied) })
        // A rule of the host's, or somebody else's, kept the answers from it.
        #expect(outcome(answered: 0).sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
    }
}
