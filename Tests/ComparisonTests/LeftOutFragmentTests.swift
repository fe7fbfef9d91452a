import Comparison
import FlowModel
import Testing
import Wire

/// Pieces of datagrams that a capture's filter for ports leaves out.
struct LeftOutFragmentTests {
    /// What becomes of ten packets of so many bytes each, of which the captures saw these, all of them fragments or none.
    private static func outcome(
        of length: UInt64, seen: UInt64, fragments: UInt32, gaps: CaptureGaps = .fragments,
        family: AddressFamily = .ipv4
    ) -> ComparisonOutcome {
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = ((10, 0), (seen, 0), (seen, 0))
        if seen == 0 { (builder.first, builder.second) = (nil, nil) }
        if family == .ipv6 {
            builder.key.source = IPAddress(high: 0xfd00_0010_0000_0000, low: 7)
            builder.key.destination = IPAddress(high: 0x2001_0db8_0000_0000, low: 9)
            builder.key.family = .ipv6
        }
        builder.key.transport = .udp
        var compared = builder.compared
        compared.session.record.counters.original.byteCount = 10 * length
        compared.session.taps.first?.original.fragmentCount = fragments
        compared.session.taps.second?.original.fragmentCount = fragments
        compared.gaps = gaps
        var comparison = Comparison(someFacts(), names: someNames())
        comparison.add(compared)
        return comparison.conclude()
    }

    @Test func ofPacketsWhoseFirstPiecesPassedTheOthersAreNotMissing() {
        let result = Self.outcome(of: 4000, seen: 10, fragments: 10)
        #expect(Set(result.reasons.keys) == [.fragments])
        #expect(result.sessions.flatMap(\.differences).map(\.byteCount) == [39_000, 39_000])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { $0.isCertain })
        #expect(result.evidence.contains("10 of 10 packets are the first fragments of datagrams"))
        // A filter that asks for no ports lets them all through, and what is no fragment is whole.
        #expect(Set(Self.outcome(of: 4000, seen: 10, fragments: 10, gaps: []).reasons.keys) == [.unexplained])
        #expect(Set(Self.outcome(of: 4000, seen: 10, fragments: 0).reasons.keys) == [.unexplained])
    }

    @Test func ofIPv6NoPieceShowsAPort() {
        for seen: UInt64 in [0, 4] {
            let result = Self.outcome(of: 4000, seen: seen, fragments: 0, family: .ipv6)
            #expect(result.reasons == [.fragments: 10 - seen])
            #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        }
        // What every link takes whole passed elsewhere.
        #expect(Self.outcome(of: 1280, seen: 0, fragments: 0, family: .ipv6).reasons == [.otherInterface: 10])
        #expect(Self.outcome(of: 4000, seen: 0, fragments: 0).reasons == [.otherInterface: 10])
    }

    /// Sessions of which four packets each came in and none left: those of the first port are lone first fragments. A rule means both.
    @Test func whatNeverBecameWholeDoesNotGetTheRuleOfWhatDid() {
        let rules = FirewallRuleset(
            NFTRuleset(
                """
                table inet t {
                chain c {
                type filter hook forward priority filter; policy accept;
                udp dport 443 counter packets 4 bytes 132 drop
                }
                }
                """
            ).tables)
        let facts = someFacts { $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules) }
        for isReversed in [false, true] {
            var comparison = Comparison(facts, names: someNames())
            for port: UInt16 in isReversed ? [2, 1] : [1, 2] {
                var builder = SessionBuilder()
                (builder.key.transport, builder.key.sourcePort) = (.udp, port)
                (builder.tracked, builder.first, builder.second) = (nil, (4, 0), nil)
                var compared = builder.compared
                if port == 1 {
                    compared.session.taps.first?.original.fragmentCount = 4
                } else {
                    let small = Counters(packetCount: 4, byteCount: 132)
                    compared.session.taps.first?.original.seen = small
                    compared.session.taps.first?.original.whole = small
                }
                comparison.add(compared)
            }
            let result = comparison.conclude()
            #expect(result.reasons == [.fragments: 4, .denied: 4])
            for compared in result.sessions {
                let isFirst = compared.session.record.original.sourcePort == 1
                #expect(compared.differences.map(\.reason) == [isFirst ? .fragments : .denied])
                #expect(compared.differences.map(\.isCertain) == [!isFirst])
            }
        }
    }

    @Test func loneFirstFragmentsBesideWholePacketsMayHaveStayedSo() {
        var builder = SessionBuilder()
        builder.key.transport = .udp
        (builder.tracked, builder.first, builder.second) = (nil, (5, 0), (3, 0))
        var compared = builder.compared
        compared.session.taps.first?.original.fragmentCount = 2
        var comparison = Comparison(someFacts { $0.rules = nil }, names: someNames())
        comparison.add(compared)
        let result = comparison.conclude()
        #expect(result.reasons[.fragments] == 2)
        #expect(result.evidence.contains("2 of its packets are first fragments to which no other came"))
    }

    /// Four later fragments came in, of which so many left, and a rule meant as many in front of conntrack.
    private static func laterFragments(_ rule: PlacedRule? = nil, left: UInt64? = nil) -> ComparisonOutcome {
        var builder = SessionBuilder()
        builder.key.transport = .udp
        (builder.tracked, builder.first, builder.second) = (nil, (4, 0), left.map { ($0, 0) })
        var compared = builder.compared
        compared.session.taps.first?.original.fragmentCount = 4
        compared.session.taps.first?.original.whole = Counters()
        compared.session.taps.second?.original.fragmentCount = UInt32(left ?? 0)
        compared.session.taps.second?.original.whole = Counters()
        var comparison = Comparison(
            someFacts { $0.rules = watched(rule.map { [$0] } ?? []) }, names: someNames())
        comparison.add(compared)
        return comparison.conclude()
    }

    @Test func laterFragmentsAloneMakeNoDatagram() {
        let result = Self.laterFragments()
        #expect(result.reasons == [.fragments: 4])
        #expect(result.sessions.flatMap(\.differences).map(\.byteCount) == [400])
    }

    @Test func onlyRulesInFrontOfTheReassemblyMeetLaterFragmentsAlone() {
        func reasons(_ deed: RuleDeed, _ priority: Int, left: UInt64? = nil) -> [DifferenceReason: UInt64] {
            Self.laterFragments(rule(deed, at: HookPlace(.prerouting, priority), growth: 4), left: left).reasons
        }
        #expect(reasons(.drop, -450) == [.droppedBeforeConntrack: 4])
        #expect(reasons(.untrack, -450) == [.untracked: 4])
        #expect(reasons(.untrack, -450, left: 4) == [.untracked: 4])
        // Behind it nobody sees them, and what left was not dropped.
        #expect(reasons(.drop, -300) == [.fragments: 4])
        #expect(reasons(.untrack, -300) == [.fragments: 4])
        #expect(reasons(.drop, -450, left: 4) == [.fragments: 4])
    }
}
