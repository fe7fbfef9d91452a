import Comparison
import FlowModel
import Testing

/// Each reason by itself: what shows it, for which packets, and when it is not given.
struct ComparisonTests {
    private static let raw = HookPlace(.prerouting, -300)
    private static let postrouting = HookPlace(.postrouting, -150)

    @Test func whereAllLanesCountTheSameNothingDiffers() {
        let result = compare(
            someFacts {
                $0.lanes.insert(.nflog); $0.rules = watched([rule(.log(group: 100), growth: 18)])
            }
        ) {
            $0.logged = (10, 8)
        }
        #expect(result.sessions.isEmpty)
        #expect(result.summary.sessionCount == 1)
        #expect(result.summary.capture.packetShare == 100_000)
        #expect(result.summary.capture.byteShare == 100_000)
        #expect(result.summary.log.packetShare == 100_000)
        #expect(result.summary.laneSets == [[.conntrack, .nflog, .packet]: 1])
    }

    @Test func aDropBeforeConntrackIsTheRulesWhoseCounterRose() {
        let facts = someFacts {
            $0.rules = watched([
                rule(.drop, at: Self.raw, port: 80, growth: 99, text: "another port"),
                rule(.drop, at: Self.raw, port: 443, growth: 4, text: "the one"),
                rule(.drop, port: 443, growth: 50, text: "behind conntrack"),
            ])
        }
        let result = compare(facts) { ($0.tracked, $0.second) = ((6, 8), (6, 8)) }
        #expect(result.reasons == [.droppedBeforeConntrack: 4])
        #expect(result.evidence.contains("the one") && result.evidence.contains("rose by 4"))
        #expect(!result.evidence.contains("another port"))
        #expect(result.summary.ruleUses.map(\.packetCount) == [4])
    }

    @Test func aRuleThatCountedNothingHasDroppedNothing() {
        let facts = someFacts { $0.rules = watched([rule(.drop, at: Self.raw, port: 443, growth: 0)]) }
        let result = compare(facts) { ($0.tracked, $0.second) = ((6, 8), (6, 8)) }
        #expect(result.reasons == [.unexplained: 4])
    }

    @Test func aCounterExplainsNoMorePacketsThanItCounted() {
        let facts = someFacts { $0.rules = watched([rule(.drop, at: Self.raw, growth: 3)]) }
        let result = compare(facts) { ($0.tracked, $0.second) = ((6, 8), (6, 8)) }
        #expect(result.reasons == [.droppedBeforeConntrack: 3, .unexplained: 1])
    }

    @Test func aRuleWithoutACounterIsGivenWithThatSaid() {
        let facts = someFacts { $0.rules = watched([rule(.drop, at: Self.raw, port: 443, growth: nil)]) }
        let result = compare(facts) { ($0.tracked, $0.first, $0.second) = (nil, (4, 0), nil) }
        #expect(result.reasons == [.droppedBeforeConntrack: 4])
        #expect(result.evidence.contains("no counter"))
        // Where some got through, nothing shows how many it took.
        let refuted = compare(facts) { ($0.tracked, $0.second) = ((6, 8), (6, 8)) }
        #expect(refuted.reasons == [.unexplained: 4])
        #expect(refuted.evidence.contains("some rule may mean these packets; it has no counter"))
    }

    @Test func packetsThatConntrackCountedAndThatDidNotLeaveWereDroppedBehindIt() {
        let facts = someFacts {
            $0.rules = watched([rule(.drop, at: Self.postrouting, port: 443, growth: 3, text: "mangle")])
        }
        let named = compare(facts) { $0.second = (7, 8) }
        #expect(named.reasons == [.droppedAfterConntrack: 3])
        #expect(named.evidence.contains("mangle"))
        let unnamed = compare { $0.second = (7, 8) }
        #expect(unnamed.reasons == [.droppedAfterConntrack: 3])
        #expect(unnamed.evidence.contains("did not leave by wan0"))
    }

    @Test func aSessionThatAFilterRuleRefusedIsDenied() {
        let facts = someFacts { $0.rules = watched([rule(.drop, port: 443, growth: 3, text: "no web")]) }
        let result = compare(facts) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("no web"))
    }

    @Test func aSessionOfWhichPostroutingLetNothingThroughWasDroppedAfterConntrack() {
        let facts = someFacts { $0.rules = watched([rule(.drop, at: Self.postrouting, growth: 3)]) }
        let result = compare(facts) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
        #expect(result.reasons == [.droppedAfterConntrack: 3])
    }

    @Test func countersOfAnySizeAreAddedAndShared() {
        let result = compare(someFacts { $0.lostCounts.packet = 5 }) { $0.tracked = (10, 8) }
        #expect(result.sessions.isEmpty)
        var compared = SessionBuilder().compared
        let most = Counters(packetCount: .max, byteCount: .max)
        compared.session.record.counters = DirectionalCounters(original: most, reply: most)
        var comparison = Comparison(someFacts { $0.lostCounts.packet = .max - 3 }, names: someNames())
        comparison.add(compared)
        comparison.add(compared)
        #expect(comparison.conclude().summary.sessionCount == 2)
    }

    @Test func aLossOfAnotherTimeExplainsNothing() {
        let facts = someFacts {
            $0.lostCounts.packet = 9
            $0.lossSpans[.packet] = LossSpan(at: Timestamp(seconds: 1090, nanoseconds: 0))
        }
        #expect(compare(facts) { ($0.first, $0.second) = ((8, 8), (8, 8)) }.reasons == [.unexplained: 4])
    }

    @Test func aRuleThatKeepsPacketsFromConntrackIsNamed() {
        let facts = someFacts { $0.rules = watched([rule(.untrack, at: Self.raw, growth: 18)]) }
        let result = compare(facts) { $0.tracked = nil }
        #expect(result.reasons == [.untracked: 18])
    }

    @Test func whatPassedAndConntrackNeverToldIsUntrackedUnlessConntrackLostMessages() {
        #expect(compare { $0.tracked = nil }.reasons == [.untracked: 18])
        let lossy = someFacts { $0.lostCounts.conntrack = 5 }
        #expect(compare(lossy) { $0.tracked = nil }.reasons == [.lostBySource: 18])
    }

    @Test func aPolicyThatNobodyCountsIsNotBlamedForWhatPassedOrWasLost() {
        var policy = rule(.drop, growth: nil, text: "policy drop")
        policy.rule.isPolicy = true
        let facts = someFacts {
            $0.rules = watched([policy])
            $0.lostCounts.conntrack = 2
        }
        #expect(compare(facts) { $0.tracked = nil }.reasons == [.lostBySource: 18])
        let sound = someFacts { $0.rules = watched([policy]) }
        #expect(compare(sound) { $0.tracked = nil }.reasons == [.untracked: 18])
        let stopped = compare(sound) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
        #expect(stopped.reasons == [.denied: 3])
        #expect(stopped.evidence.contains("policy drop means these packets; it has no counter"))
        let behind = someFacts { $0.rules = watched([rule(.accept, conditions: ["set"], growth: 5), policy]) }
        let unsure = compare(behind) { ($0.tracked, $0.first, $0.second) = (nil, (3, 0), nil) }
        #expect(unsure.reasons == [.unexplained: 3])
        #expect(unsure.evidence.contains("policy drop may mean these packets; it has no counter"))
    }

    @Test func aCaptureThatLostPacketsAtBothInterfacesHasLostThemAtBoth() {
        let result = compare(someFacts { $0.lostCounts.packet = 11 }) { ($0.first, $0.second) = ((4, 8), (5, 8)) }
        #expect(result.reasons == [.lostBySource: 11])
    }

    @Test func anOffloadedSessionPassesConntrackBy() {
        let result = compare {
            $0.tracked = (3, 2)
            $0.facts.insert(.offloaded)
        }
        #expect(result.reasons == [.offloaded: 13])
        #expect(result.summary.differingCount == 1)
    }

    /// Ten aggregates that come in and leave as thirty segments of 500 bytes of payload.
    private static func segmented(_ change: (inout ComparedSession) -> Void = { _ in }) -> ComparisonOutcome {
        var compared = SessionBuilder().compared
        let (payload, header): (UInt64, UInt64) = (15_000, 52)
        compared.session.record.counters.original = Counters(packetCount: 10, byteCount: payload + 10 * header)
        func fill(_ counts: inout FrameCounts, _ count: UInt64) {
            counts.seen = Counters(packetCount: count, byteCount: payload + count * header)
            counts.whole = counts.seen
            counts.headerByteCount = count * header
            counts.wire = Counters(packetCount: 30, byteCount: payload + 30 * (header + 14))
        }
        if var lane = compared.session.taps.first {
            fill(&lane.original, 10)
            lane.original.aggregateCount = 10
            compared.session.taps.first = lane
        }
        if var lane = compared.session.taps.second {
            fill(&lane.original, 30)
            compared.session.taps.second = lane
        }
        change(&compared)
        var comparison = Comparison(someFacts(), names: someNames())
        comparison.add(compared)
        return comparison.conclude()
    }

    @Test func segmentsAreAggregatesWhereTheSameWasOnTheWire() {
        let result = Self.segmented()
        #expect(result.reasons == [.aggregated: 20])
        #expect(result.summary.capture.packetShare == 100_000)
        #expect(result.evidence.contains("the same 15000 bytes of payload"))
        let other = Self.segmented { $0.session.taps.second?.original.wire.packetCount -= 1 }
        #expect(other.reasons == [.aggregated: 20])
    }

    @Test func withOneCaptureHeadersMustBeAllTheDifference() {
        let result = Self.segmented { $0.session.taps.first = nil }
        #expect(result.reasons[.aggregated] == 20)
        #expect(result.evidence.contains("52 bytes of headers"))
        // One byte less, and nobody knows.
        let other = Self.segmented {
            $0.session.taps.first = nil
            $0.session.taps.first?.original.whole.byteCount -= 1
        }
        #expect(other.reasons[.aggregated] == nil)
        #expect(other.reasons[.unexplained] == 20)
        // Ten packets of 78 bytes are missing, and such are not this session's headers.
        let missing = Self.segmented {
            $0.session.taps.first = nil
            $0.session.record.counters.original = Counters(packetCount: 20, byteCount: 15_000 + 30 * 52 - 10 * 78)
        }
        #expect(missing.reasons == [.unexplained: 10])
    }

    @Test func fragmentsAreHeldAgainstWhatTheyMake() {
        var compared = SessionBuilder().compared
        compared.session.taps.first?.original.seen = Counters(packetCount: 30, byteCount: 1400)
        compared.session.taps.first?.original.fragmentCount = 30
        compared.session.taps.second?.original.seen = Counters(packetCount: 30, byteCount: 1400)
        var comparison = Comparison(someFacts(), names: someNames())
        comparison.add(compared)
        let result = comparison.conclude()
        #expect(result.reasons == [.fragments: 20])
        #expect(result.summary.capture.byteShare == 100_000)
    }

    @Test func datagramsThatNeverBecameWholeAreFragments() {
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (nil, (4, 0), nil)
        var compared = builder.compared
        compared.session.taps.first?.original.seen = Counters(packetCount: 8, byteCount: 480)
        compared.session.taps.first?.original.fragmentCount = 8
        var comparison = Comparison(someFacts(), names: someNames())
        comparison.add(compared)
        #expect(comparison.conclude().reasons == [.fragments: 8])
    }

    @Test func ofWhatConntrackTracksByAddressesAloneNothingIsSure() {
        // A kernel that does not know DCCP: one entry without ports, and captured packets that have some.
        func outcome(_ transport: TransportProtocol, isKnown: Bool) -> ComparisonOutcome {
            var comparison = Comparison(someFacts(), names: someNames())
            for isEntry in [true, false] {
                var builder = SessionBuilder()
                builder.key.transport = transport
                if isEntry {
                    (builder.tracked, builder.first, builder.second) = ((4, 0), nil, nil)
                    if !isKnown { (builder.key.sourcePort, builder.key.destinationPort) = (0, 0) }
                } else {
                    (builder.tracked, builder.first, builder.second) = (nil, (4, 0), (4, 0))
                    builder.key.sourcePort += 1
                }
                comparison.add(builder.compared)
            }
            return comparison.conclude()
        }
        for transport: TransportProtocol in [.dccp, .sctp] {
            let result = outcome(transport, isKnown: false)
            #expect(result.reasons == [.otherInterface: 4, .untracked: 4])
            for difference in result.sessions.flatMap(\.differences) {
                #expect(!difference.isCertain)
                #expect(difference.evidence.contains { $0.hasPrefix("conntrack has one entry without ports of all") })
            }
            #expect(!outcome(transport, isKnown: true).evidence.contains("without ports"))
        }
    }

    @Test func piecesThatARuleMayHaveDroppedAreNotSurelyFragments() {
        // A rule before conntrack that asks for fragments; what conntrack has of them shows whether it took any.
        func pieces(_ growth: UInt64?, tracked: UInt64?) -> Difference? {
            var builder = SessionBuilder()
            if let tracked { builder.tracked = (tracked, 8) } else { builder.tracked = nil }
            builder.second = tracked == nil ? nil : ((tracked ?? 0), 8)
            var compared = builder.compared
            compared.session.taps.first?.original.seen = Counters(packetCount: 30, byteCount: 1400)
            compared.session.taps.first?.original.fragmentCount = 30
            let rules = [
                rule(.drop, at: HookPlace(.prerouting, -450), conditions: ["-f"], growth: growth, text: "-f -j DROP")
            ]
            var comparison = Comparison(someFacts { $0.rules = watched(rules) }, names: someNames())
            comparison.add(compared)
            return comparison.conclude().sessions.flatMap(\.differences).first { $0.reason == .fragments }
        }
        #expect(pieces(6, tracked: nil)?.isCertain == false)
        #expect(pieces(6, tracked: nil)?.evidence.contains { $0.contains("-f -j DROP may mean these packets") } == true)
        #expect(pieces(nil, tracked: nil)?.isCertain == false)
        #expect(pieces(6, tracked: 7)?.isCertain == false)
        // It did nothing, or all of them reached conntrack.
        #expect(pieces(0, tracked: nil)?.isCertain == true)
        #expect(pieces(6, tracked: 10)?.isCertain == true)
    }

    @Test func aSessionThatPassesAnInterfaceThatIsNotCapturedIsThat() {
        let other = someFacts { $0.interfaces = [9] }
        let result = compare(other) { ($0.first, $0.second) = (nil, nil) }
        #expect(result.reasons == [.otherInterface: 18])
        let lossy = someFacts { $0.lostCounts.packet = 18 }
        #expect(compare(lossy) { ($0.first, $0.second) = (nil, nil) }.reasons == [.lostBySource: 18])
        // Answers that take another way.
        let oneWay = someFacts { $0.interfaces = [SessionBuilder.client] }
        #expect(compare(oneWay) { ($0.first, $0.second) = ((10, 0), nil) }.reasons == [.otherInterface: 8])
    }

    @Test func whatTheCapturesFilterLeavesOutIsNotMissing() {
        // A filter for one way, and one that knows the session on one side of its translation only.
        for (gaps, first, second) in [
            (CaptureGaps([.replyIn, .replyOut]), (10, 0), (10, 0)), ([.originalOut, .replyIn], (10, 8), (0, 0)),
        ] as [(CaptureGaps, (UInt64, UInt64), (UInt64, UInt64))] {
            var builder = SessionBuilder()
            (builder.first, builder.second) = (first, second)
            var compared = builder.compared
            compared.gaps = gaps
            var comparison = Comparison(someFacts(), names: someNames())
            comparison.add(compared)
            let outcome = comparison.conclude()
            #expect(outcome.sessions.isEmpty)
            #expect(outcome.summary.capture.packetShare == 100_000)
        }
    }

    @Test func oneInterfaceIsEnoughForASessionThatPassesIt() {
        let facts = someFacts { $0.interfaces = [SessionBuilder.client] }
        #expect(compare(facts) { $0.second = nil }.sessions.isEmpty)
        #expect(compare(facts) { $0.first = nil }.sessions.isEmpty)
    }

    @Test func lossesAreSharedByAllSessions() {
        var comparison = Comparison(someFacts { $0.lostCounts.packet = 5 }, names: someNames())
        for port in 1...3 {
            var builder = SessionBuilder()
            builder.key.sourcePort = UInt16(port)
            (builder.first, builder.second) = ((8, 8), (8, 8))
            comparison.add(builder.compared)
        }
        // Two are missing of each at either interface.
        #expect(comparison.conclude().reasons == [.lostBySource: 5, .unexplained: 7])
    }

    @Test func whatConntrackHadCountedBeforeIsNotTheCapturesToSee() {
        let result = compare {
            $0.startTime = Timestamp(seconds: 900, nanoseconds: 0)
            $0.facts.insert(.predatesListener)
            ($0.tracked, $0.baseline) = ((110, 58), (100, 50))
        }
        #expect(result.reasons == [.startedBefore: 150])
        #expect(result.evidence.contains("100.000s before"))
        #expect(result.summary.capture.packetShare == 100_000)
    }

    @Test func aSessionThatOnlyWasThereIsNotCompared() {
        let result = compare {
            $0.startTime = Timestamp(seconds: 900, nanoseconds: 0)
            ($0.tracked, $0.baseline, $0.first, $0.second) = ((100, 50), (100, 50), nil, nil)
        }
        #expect(result.summary.idleCount == 1)
        #expect(result.summary.sessionCount == 0)
    }

    @Test func aSessionThatWentOnAtTheEndMayHaveMore() {
        let moving = compare {
            $0.facts.remove(.ended)
            $0.lastTime = Timestamp(seconds: 1099, nanoseconds: 990_000_000)
            $0.tracked = (12, 8)
        }
        #expect(moving.reasons == [.endedAfter: 2])
        let quiet = compare {
            $0.facts.remove(.ended)
            $0.tracked = (12, 8)
        }
        #expect(quiet.reasons == [.unexplained: 2])
    }

    @Test func withoutAccountingConntrackHasNothingToCompare() {
        let result = compare(someFacts { $0.accountingIsOn = false }) { $0.facts.remove(.counters) }
        #expect(result.reasons == [.accountingOff: 18])
    }

    @Test func errorsAloneAreNoSession() {
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (nil, (0, 0), nil)
        var compared = builder.compared
        compared.session.taps.first?.original.errorCount = 2
        var comparison = Comparison(someFacts(), names: someNames())
        comparison.add(compared)
        #expect(comparison.conclude().reasons == [.icmpError: 2])
    }

    @Test func neighbourDiscoveryIsNotHeldAgainstConntrack() {
        let result = compare {
            $0.key.transport = .icmpv6
            $0.key.family = .ipv6
            ($0.key.sourcePort, $0.key.destinationPort) = (0, 135 << 8)
            $0.tracked = nil
        }
        #expect(result.summary.neverTrackedCount == 1)
        #expect(result.sessions.isEmpty)
    }

    @Test func aMatchIsHeldAgainstTheTupleAsItIsAtTheRulesPlace() {
        // The destination is translated: in raw packets show the old one, in POSTROUTING the new one.
        let inner = IPAddress(ipv4: 0x0a01_0001)
        func answer(_ place: HookPlace, _ address: IPAddress) -> [DifferenceReason: UInt64] {
            let test = RuleMatch.Test(.destination([AddressRange(address, address, family: .ipv4)]))
            var placed = rule(.drop, at: place, growth: 3)
            placed.rule.match = RuleMatch(tests: [test])
            return compare(someFacts { $0.rules = watched([placed]) }) {
                var reply = $0.key.inverse
                reply.source = inner
                $0.reply = reply
                if place.isBeforeConntrack {
                    ($0.tracked, $0.second) = ((7, 8), (7, 8))
                } else {
                    $0.second = (7, 8)
                }
            }.reasons
        }
        let outer = SessionBuilder().key.destination
        #expect(answer(Self.raw, outer) == [.droppedBeforeConntrack: 3])
        #expect(answer(Self.raw, inner) == [.unexplained: 3])
        #expect(answer(Self.postrouting, inner) == [.droppedAfterConntrack: 3])
    }
}
