import Comparison
import FlowModel
import Testing

/// Lanes do not end at one moment: what came between is told as that, and nothing else is.
struct EndOfComparisonTests {
    /// What captures saw of the usual session between the end and conntrack's last word.
    private func late(_ entering: UInt64, _ leaving: UInt64, limit: Int = EdgeFrames.defaultLimit) -> EdgeFrames {
        let builder = SessionBuilder()
        var batch = ObservationBatch()
        for (count, tap) in [
            (entering, Tap(interface: SessionBuilder.client, direction: .ingress)),
            (leaving, Tap(interface: SessionBuilder.server, direction: .egress)),
        ] {
            var flow = FlowObservation(key: builder.key, tap: tap)
            flow.forward = builder.frames(count)
            batch.append(flow)
        }
        var late = EdgeFrames(limit: limit)
        late.add(batch)
        return late
    }

    private func reasons(
        _ facts: ComparisonFacts, rest: Int64 = 0, _ change: (inout SessionBuilder) -> Void
    ) -> [DifferenceReason: UInt64] {
        compare(facts) {
            $0.facts.remove(.ended)
            $0.startTime = Timestamp(seconds: 1099, nanoseconds: 0)
            $0.lastTime = Timestamp(nanoseconds: SessionBuilder.end.nanoseconds - rest)
            change(&$0)
        }.reasons
    }

    @Test func whatConntrackCountedMoreIsWhatCameUntilItsCountersWereRead() {
        let facts = someFacts { $0.late = late(5, 5) }
        #expect(reasons(facts) { $0.tracked = (14, 8) } == [.endedAfter: 4])
        #expect(reasons(facts) { $0.tracked = (17, 8) } == [.endedAfter: 5, .unexplained: 2])
        // However long it rested before.
        #expect(reasons(facts, rest: 900_000_000) { $0.tracked = (14, 8) } == [.endedAfter: 4])
        let none = someFacts { $0.late = late(0, 0) }
        #expect(reasons(none) { $0.tracked = (14, 8) } == [.unexplained: 4])
        #expect(reasons(none) { ($0.tracked, $0.first) = ((12, 8), nil) } == [.unexplained: 2])
    }

    @Test func dropsBeforeConntrackAreNotHiddenByWhatItCountedAfterTheEnd() {
        let raw = HookPlace(.prerouting, -300)
        func reasons(_ rules: WatchedRuleset, tracked: UInt64) -> [DifferenceReason: UInt64] {
            self.reasons(
                someFacts {
                    $0.late = late(40, 36)
                    $0.rules = rules
                }, rest: 20_000_000
            ) { ($0.tracked, $0.first, $0.second) = ((tracked, 0), (663, 0), (597, 0)) }
        }
        // 66 of 663 did not leave; conntrack counted 34 more until it was read.
        let rule = rule(.drop, at: raw, port: 443, growth: 75)
        #expect(reasons(watched([rule]), tracked: 597 + 34) == [.endedAfter: 34, .droppedBeforeConntrack: 66])
        #expect(reasons(watched([]), tracked: 597 + 34) == [.endedAfter: 34, .unexplained: 66])
        // Half of them behind it.
        #expect(
            reasons(watched([rule]), tracked: 617 + 36)
                == [.endedAfter: 36, .droppedBeforeConntrack: 46, .droppedAfterConntrack: 20])
        // Where nothing is missing, the rest is what came later.
        #expect(
            self.reasons(someFacts { $0.late = late(40, 40) }) {
                ($0.tracked, $0.first, $0.second) = ((120, 0), (100, 0), (100, 0))
            } == [.endedAfter: 20])
    }

    @Test func whatCameWhenConntracksEntryHadBeenReadItDidNotCount() {
        // Two packets until then, and forty while the firewall's tools were asked for their rules.
        var late = EdgeFrames()
        for (count, seconds) in [(UInt64(2), Int64(1100)), (40, 1101)] {
            var builder = SessionBuilder()
            builder.startTime = Timestamp(seconds: seconds, nanoseconds: 0)
            for tap in [
                Tap(interface: SessionBuilder.client, direction: .ingress),
                Tap(interface: SessionBuilder.server, direction: .egress),
            ] {
                var flow = FlowObservation(key: builder.key, tap: tap)
                flow.forward = builder.frames(count)
                var batch = ObservationBatch()
                batch.append(flow)
                late.add(batch)
            }
        }
        func reasons(readAt: UInt64, tracked: UInt64, left: UInt64 = 10) -> [DifferenceReason: UInt64] {
            var builder = SessionBuilder()
            builder.facts.remove(.ended)
            builder.startTime = Timestamp(seconds: 1099, nanoseconds: 0)
            (builder.lastTime, builder.tracked) = (SessionBuilder.end, (tracked, 8))
            (builder.first, builder.second) = ((10, 8), (left, 8))
            var compared = builder.compared
            compared.session.record.countersReadAt = readAt
            let facts = someFacts {
                $0.late = late
                ($0.lastLookStart, $0.lastLookStartTime) = (5_000, SessionBuilder.end)
            }
            var comparison = Comparison(facts, names: someNames())
            comparison.add(compared)
            return comparison.conclude().reasons
        }
        #expect(reasons(readAt: 7_000, tracked: 12) == [.endedAfter: 2])
        #expect(reasons(readAt: 7_000, tracked: 22) == [.endedAfter: 2, .unexplained: 10])
        // One that was read later may have counted them.
        #expect(reasons(readAt: 2_000_005_000, tracked: 22) == [.endedAfter: 12])
    }

    @Test func tapsThatCountDifferentlyHideNoDrops() {
        // What left later was counted as segments: no queue holds as many.
        let result = reasons(someFacts { $0.late = late(61, 2_106) }) {
            ($0.startTime, $0.lastTime) = (Timestamp(seconds: 1000, nanoseconds: 0), SessionBuilder.end)
            ($0.tracked, $0.first, $0.second) = ((1_000, 0), (1_000, 0), (900, 0))
        }
        #expect((result[.droppedAfterConntrack] ?? 0) >= 90)
    }

    @Test func packetsThatAreCenturiesApartAreNoneToTrapOn() {
        let result = compare {
            $0.facts.remove(.ended)
            ($0.startTime, $0.lastTime) = (Timestamp(nanoseconds: 0), Timestamp(nanoseconds: .max))
            ($0.tracked, $0.first, $0.second) = ((3, 0), (2, 0), (2, 0))
        }
        #expect(result.sessions.count == 1)
    }

    @Test func whatCameLaterByTwoUplinksIsAddedUpWhereTheirPacketsAre() {
        var builder = SessionBuilder()
        builder.facts.remove(.ended)
        (builder.startTime, builder.lastTime) = (Timestamp(seconds: 1099, nanoseconds: 0), SessionBuilder.end)
        (builder.tracked, builder.first, builder.second) = ((26, 0), (12, 0), nil)
        let uplink = Tap(interface: 4, direction: .ingress)
        func reasons(_ other: UInt64) -> [DifferenceReason: UInt64] {
            var compared = builder.compared
            var lane = TapLane(tap: uplink)
            lane.original = builder.frames(other)
            compared.session.taps.append(lane)
            var batch = ObservationBatch()
            for tap in [Tap(interface: SessionBuilder.client, direction: .ingress), uplink] {
                var flow = FlowObservation(key: builder.key, tap: tap)
                flow.forward = builder.frames(3)
                batch.append(flow)
            }
            var late = EdgeFrames()
            late.add(batch)
            var comparison = Comparison(someFacts { $0.late = late }, names: someNames())
            comparison.add(compared)
            return comparison.conclude().reasons
        }
        #expect(reasons(8) == [.endedAfter: 6])
        // A bridge and its port show the same.
        builder.tracked = (15, 0)
        #expect(reasons(12) == [.endedAfter: 3])
    }

    @Test func whatIsNotWhollyKnownOfTheVeryEndIsNotKnown() {
        func reasons(_ later: EdgeFrames) -> [DifferenceReason: UInt64] {
            let facts = someFacts {
                $0.late = late(2, 2)
                $0.later = later
            }
            return compare(facts) {
                $0.startTime = Timestamp(seconds: 1099, nanoseconds: 0)
                $0.lastTime = Timestamp(seconds: 1100, nanoseconds: 1)
                $0.tracked = (15, 8)
            }.reasons
        }
        #expect(reasons(late(2, 2)) == [.endedAfter: 4, .unexplained: 1])
        // No room for all: the pace says how many there may be.
        #expect(reasons(late(2, 2, limit: 1)) == [.endedAfter: 5])
    }

    @Test func whatCameAfterTheEndIsNotOfASessionThatHadEndedBefore() {
        let facts = someFacts { $0.late = late(5, 5) }
        #expect(compare(facts) { $0.tracked = (14, 8) }.reasons == [.unexplained: 4])
    }

    @Test func whatWasNotCapturedBeforeTheEndMayAllHaveComeLater() {
        let facts = someFacts { $0.late = late(5, 5) }
        #expect(reasons(facts) { ($0.tracked, $0.first, $0.second) = ((5, 0), (0, 0), (0, 0)) } == [.endedAfter: 5])
        // What the host sends only leaves.
        let own = someFacts { $0.late = late(0, 5) }
        #expect(reasons(own) { ($0.tracked, $0.first, $0.second) = ((5, 0), nil, nil) } == [.endedAfter: 5])
    }

    @Test func whereEdgeFramesWereLostThePaceSaysHowManyThereMayBe() {
        let lossy = someFacts {
            $0.late = late(0, 0)
            $0.uncountedCounts.packet = 1
        }
        // Both interfaces lack them.
        #expect(reasons(lossy) { $0.tracked = (14, 8) } == [.endedAfter: 4 + 4])
        // As where there were too many to keep.
        let full = late(5, 5, limit: 1)
        #expect(reasons(someFacts { $0.late = full }) { $0.tracked = (16, 8) } == [.endedAfter: 6])
        var batch = ObservationBatch()
        batch.append(.loss(Loss(lane: .packet, cause: .overrun, count: 100)))
        var holed = late(5, 5)
        holed.add(batch)
        #expect(reasons(someFacts { $0.late = holed }) { $0.tracked = (16, 8) } == [.endedAfter: 6])
    }

    @Test func whatWasUnderWayWhenTheCapturesEndedWasNotDropped() {
        let facts = someFacts { $0.late = late(7, 10) }
        func left(_ count: UInt64, rest: Int64) -> [DifferenceReason: UInt64] {
            reasons(facts, rest: rest) { ($0.tracked, $0.first, $0.second) = ((10, 0), (10, 0), (count, 0)) }
        }
        // Three more left afterwards than came in then.
        #expect(left(7, rest: 20_000_000) == [.endedAfter: 3])
        #expect(left(4, rest: 20_000_000) == [.endedAfter: 3, .droppedAfterConntrack: 3])
        // A hundred thousand a second are 50 in half a millisecond, and for a moment four times as many.
        let idle = someFacts { $0.late = late(500, 500) }
        func busy(_ count: UInt64, rest: Int64) -> [DifferenceReason: UInt64] {
            reasons(idle, rest: rest) {
                ($0.tracked, $0.first, $0.second) = ((100_000, 0), (100_000, 0), (count, 0))
            }
        }
        #expect(busy(99_800, rest: 0) == [.endedAfter: 200])
        #expect(busy(90_000, rest: 0) == [.endedAfter: 200, .droppedAfterConntrack: 9_800])
        #expect(busy(99_800, rest: 1_000_000)[.droppedAfterConntrack] == 200)
        // Where none left later, none was under way.
        let none = someFacts { $0.late = late(0, 0) }
        #expect(
            reasons(none) {
                ($0.first, $0.second) = ((10, 0), (9, 0)); $0.tracked = (10, 0)
            } == [.droppedAfterConntrack: 1])
    }

    @Test func whatConntrackHadCountedBeforeTheFirstLookIsWhatWasCapturedByThen() {
        func reasons(_ early: UInt64, left: UInt64 = 10) -> [DifferenceReason: UInt64] {
            compare(someFacts { $0.early = late(early, early) }) {
                $0.startTime = Timestamp(seconds: 1000, nanoseconds: 1)
                $0.facts.insert(.predatesListener)
                ($0.tracked, $0.baseline) = ((16, 8), (10, 0))
                ($0.first, $0.second) = ((10, 8), (left, 8))
            }.reasons
        }
        #expect(reasons(4) == [.startedBefore: 4 + 10])
        #expect(reasons(3) == [.startedBefore: 3 + 10, .unexplained: 1])
        #expect(reasons(4, left: 7) == [.startedBefore: 1 + 10, .unexplained: 3])
    }

    @Test func whatWasUnderWayWhenTheCapturesBeganOnlyLeft() {
        func reasons(_ begin: Int64) -> [DifferenceReason: UInt64] {
            compare(someFacts { $0.late = EdgeFrames() }) {
                $0.startTime = Timestamp(nanoseconds: SessionBuilder.start.nanoseconds + begin)
                ($0.tracked, $0.first, $0.second) = ((10, 8), (10, 8), (11, 8))
            }.reasons
        }
        #expect(reasons(100_000) == [.startedBefore: 1])
        #expect(reasons(5_000_000) == [.unexplained: 1])
    }

    @Test func aSessionThatBeganLaterIsNotCompared() {
        let result = compare(someFacts { $0.late = late(4, 4) }) {
            $0.startTime = Timestamp(seconds: 1100, nanoseconds: 1)
            ($0.first, $0.second, $0.logged) = (nil, nil, (11, 8))
        }
        #expect(result.reasons == [:])
        #expect((result.summary.sessionCount, result.summary.idleCount) == (0, 1))
        // Of savefiles nobody knows what a capture would have seen.
        let recorded = compare(someFacts { $0.lanes.insert(.nflog) }) {
            $0.startTime = Timestamp(seconds: 1100, nanoseconds: 1)
            ($0.first, $0.second, $0.logged) = (nil, nil, (11, 8))
        }
        #expect(Set(recorded.reasons.keys) == [.endedAfter])
    }

    @Test func whatCameAfterTheCapturesEndIsNoMoreThanMayHaveComeUntilTheLastLook() {
        // 10 packets in 80 seconds, and then 5,000 in a twentieth of one?
        let result = compare {
            $0.facts.remove(.ended)
            ($0.startTime, $0.lastTime) = (
                Timestamp(seconds: 1020, nanoseconds: 0), Timestamp(seconds: 1099, nanoseconds: 990_000_000)
            )
            $0.tracked = (5_010, 8)
        }
        #expect(result.reasons == [.endedAfter: 65, .unexplained: 4_935])
        // At a hundred thousand a second they may.
        let fast = compare {
            $0.facts.remove(.ended)
            ($0.startTime, $0.lastTime) = (
                Timestamp(seconds: 1099, nanoseconds: 0), Timestamp(seconds: 1100, nanoseconds: 0)
            )
            ($0.first, $0.second, $0.tracked) = ((100_000, 8), (100_000, 8), (105_000, 8))
        }
        #expect(fast.reasons == [.endedAfter: 5_000])
        #expect(fast.evidence.contains("conntrack counted on for 0.050s"))
    }

    @Test func whoHadRestedForLongHadEnded() {
        // Three packets in 20 ms, and then none for a third of a second: conntrack was read for a twentieth of one.
        func reasons(_ rest: Int64) -> [DifferenceReason: UInt64] {
            compare {
                $0.facts.remove(.ended)
                $0.lastTime = Timestamp(nanoseconds: SessionBuilder.end.nanoseconds - rest)
                $0.startTime = Timestamp(nanoseconds: $0.lastTime.nanoseconds - 20_000_000)
                ($0.tracked, $0.first, $0.second) = ((4, 3), (3, 3), (3, 3))
            }.reasons
        }
        #expect(reasons(333_000_000) == [.unexplained: 1])
        #expect(reasons(10_000_000) == [.endedAfter: 1])
    }

    @Test func whatRulesLoggedAfterTheCapturesEndIsThat() {
        func reasons(_ rest: Int64) -> [DifferenceReason: UInt64] {
            var builder = SessionBuilder()
            builder.logged = (30, 8)
            var compared = builder.compared
            compared.session.nflog?.lastTime = Timestamp(nanoseconds: someFacts().end.nanoseconds + rest)
            var comparison = Comparison(someFacts { $0.lanes.insert(.nflog) }, names: someNames())
            comparison.add(compared)
            return comparison.conclude().reasons
        }
        #expect(reasons(100_000_000) == [.endedAfter: 20])
        #expect(reasons(-100_000_000) == [.unexplained: 20])
    }

    @Test func whatRulesLoggedMoreCameAfterTheEnd() {
        let facts = someFacts {
            $0.lanes.insert(.nflog)
            $0.late = late(3, 3)
        }
        #expect(reasons(facts) { $0.logged = (13, 8) } == [.endedAfter: 3])
        #expect(reasons(facts) { $0.logged = (14, 8) } == [.endedAfter: 3, .unexplained: 1])
    }
}
