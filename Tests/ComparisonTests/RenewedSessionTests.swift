import Comparison
import FlowModel
import Testing

/// What conntrack had counted before, and entries that it made anew.
struct RenewedSessionTests {
    private static let raw = HookPlace(.prerouting, -300)

    @Test func asManyPacketsAsBeforeAreNotThoseFromBefore() {
        // Ten were counted before; ten more came, and a rule dropped them.
        let facts = someFacts { $0.rules = watched([rule(.drop, at: Self.raw, port: 443, growth: 10)]) }
        func reasons(at time: Timestamp?) -> [DifferenceReason: UInt64] {
            var builder = SessionBuilder()
            builder.facts.insert(.predatesListener)
            (builder.startTime, builder.lastTime) = (
                Timestamp(seconds: 1050, nanoseconds: 0), Timestamp(seconds: 1051, nanoseconds: 0)
            )
            (builder.tracked, builder.baseline) = ((10, 0), (10, 0))
            (builder.first, builder.second) = ((10, 0), nil)
            var compared = builder.compared
            compared.session.record.start = Timestamp(seconds: 900, nanoseconds: 0)
            compared.baselineTime = time
            var comparison = Comparison(facts, names: someNames())
            comparison.add(compared)
            return comparison.conclude().reasons
        }
        #expect(
            reasons(at: Timestamp(seconds: 1000, nanoseconds: 9)) == [.startedBefore: 10, .droppedBeforeConntrack: 10])
        // Captured before the look, they are those that it counted.
        #expect(reasons(at: Timestamp(seconds: 1060, nanoseconds: 0)).isEmpty)
    }

    @Test func entriesThatFollowEachOtherAmidAFlowAreHeldAgainstTheCaptureTogether() {
        func outcome(_ first: UInt64, _ second: UInt64, seen: UInt64) -> ComparisonOutcome {
            var comparison = Comparison(someFacts(), names: someNames())
            var early = SessionBuilder()
            (early.tracked, early.first, early.second) = ((first, 0), (seen, 0), (seen, 0))
            comparison.add(early.compared)
            var late = SessionBuilder()
            (late.startTime, late.lastTime) = (
                Timestamp(seconds: 1021, nanoseconds: 0), Timestamp(seconds: 1030, nanoseconds: 0)
            )
            (late.tracked, late.first, late.second) = ((second, 0), nil, nil)
            comparison.add(late.compared)
            return comparison.conclude()
        }
        let whole = outcome(11, 9, seen: 20)
        #expect(whole.sessions.isEmpty)
        #expect(whole.summary.sessionCount == 2)
        let short = outcome(11, 9, seen: 17)
        #expect(short.reasons[.otherInterface] == nil)
        #expect(short.sessions.count == 1)
        #expect(short.evidence.contains("conntrack kept it as 2 entries"))
        // Each lacks by itself: those are two.
        let apart = outcome(11, 9, seen: 10)
        #expect(apart.sessions.count == 2)
    }

    @Test func framesOfConnectionsThatFollowEachOtherAtOnceAreHeldAgainstThemTogether() {
        func outcome(_ leaving: [UInt64]) -> ComparisonOutcome {
            var comparison = Comparison(someFacts(), names: someNames())
            for count in leaving {
                var builder = SessionBuilder()
                (builder.tracked, builder.first, builder.second) = ((1, 0), (1, 0), (count, 0))
                comparison.add(builder.compared)
            }
            return comparison.conclude()
        }
        // What left by the other interface was told apart otherwise.
        #expect(outcome([2, 0, 1]).sessions.isEmpty)
        // One of them did not leave, whosever it was.
        let one = outcome([2, 0, 0])
        #expect(one.reasons == [.droppedAfterConntrack: 1])
        #expect(outcome([1, 1, 0]).sessions.count == 1)
    }

    @Test func entriesThatWentWithoutAWordAreNotHeldAgainstTheCapture() {
        func outcome(_ left: UInt64, readAt: UInt64) -> ComparisonOutcome {
            var builder = SessionBuilder()
            builder.facts.insert(.predatesListener)
            builder.facts.remove(.ended)
            (builder.tracked, builder.baseline) = ((10, 8), (10, 8))
            (builder.first, builder.second) = ((6, 6), (left, 6))
            var compared = builder.compared
            compared.session.record.start = Timestamp(seconds: 900, nanoseconds: 0)
            compared.session.record.countersReadAt = readAt
            var comparison = Comparison(someFacts { $0.lastLookStart = 100 }, names: someNames())
            comparison.add(compared)
            return comparison.conclude()
        }
        let gone = outcome(6, readAt: 9)
        #expect(gone.reasons == [.startedBefore: 18, .eventsOff: 12])
        #expect(gone.evidence.contains("nf_conntrack_events"))
        #expect(gone.summary.capture.packetCount == 0)
        // What came in is held against what left all the same.
        #expect(outcome(4, readAt: 9).reasons[.droppedAfterConntrack] == 2)
        #expect(outcome(6, readAt: 101).reasons[.eventsOff] == nil)
    }

    @Test func whoSetsCountersBackMostlyDoesItToAll() {
        var older = SessionBuilder()
        older.facts.insert(.lowerBound)
        older.facts.remove(.ended)
        var comparison = Comparison(someFacts(), names: someNames())
        comparison.add(older.compared)
        var builder = SessionBuilder()
        builder.key.sourcePort = 40_001
        builder.tracked = (4, 8)
        comparison.add(builder.compared)
        let result = comparison.conclude()
        #expect(result.reasons == [.accountingOff: 6])
        #expect(result.evidence.contains("counters of 1 session became smaller"))
        // Of packets that did not leave nobody says that.
        builder.second = (4, 8)
        var short = Comparison(someFacts(), names: someNames())
        short.add(older.compared)
        short.add(builder.compared)
        #expect(short.conclude().reasons == [.unexplained: 6])
        let alone = compare { $0.tracked = (4, 8) }
        #expect(alone.evidence.contains("somebody set its counters back"))
    }

    @Test func anEntryThatEndsWithoutCountersWasMadeWhileNobodyCounted() {
        func reasons(_ change: (inout SessionBuilder) -> Void) -> [DifferenceReason: UInt64] {
            compare {
                $0.facts.remove(.counters)
                change(&$0)
            }.reasons
        }
        #expect(reasons { _ in } == [.accountingOff: 18])
        // What goes on nobody has looked at.
        #expect(reasons { $0.facts.remove(.ended) } == [.unexplained: 18])
    }

    @Test func countersThatSomebodySetBackAreThat() {
        let result = compare {
            $0.facts.insert(.lowerBound)
            ($0.tracked, $0.first, $0.second) = ((4, 8), (10, 8), (10, 8))
        }
        #expect(result.reasons == [.accountingOff: 6])
        #expect(result.evidence.contains("set them back"))
    }

    @Test func aSessionsFirstPacketsThatARuleDroppedBehindConntrackAreThatRules() {
        let facts = someFacts { $0.rules = watched([rule(.drop, port: 443, conditions: ["limit"], growth: 1)]) }
        let result = compare(facts) { ($0.tracked, $0.first, $0.second) = ((9, 8), (10, 8), (9, 8)) }
        #expect(result.reasons == [.denied: 1])
        // Of an old one conntrack counts each.
        let old = compare(facts) {
            $0.startTime = Timestamp(seconds: 900, nanoseconds: 0)
            $0.facts.insert(.predatesListener)
            ($0.tracked, $0.baseline, $0.first, $0.second) = ((9, 8), (0, 0), (10, 8), (9, 8))
        }
        #expect(old.reasons[.denied] == nil)
    }
}
