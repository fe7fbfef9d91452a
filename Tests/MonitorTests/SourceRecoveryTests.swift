import FlowModel
import Testing

@testable import Monitor

struct SourceRecoveryTests {
    private func time(_ seconds: Double) -> ReceiveTime {
        let nanoseconds = UInt64(seconds * 1e9)
        return ReceiveTime(
            wall: Timestamp(nanoseconds: Town.epoch.nanoseconds + Int64(nanoseconds)),
            monotonic: 5_000_000_000 + nanoseconds)
    }

    @Test
    func aSourceIsOpenedAtOnce() {
        let recovery = SourceRecovery(at: time(0))
        #expect(recovery.isDue(at: time(0).monotonic))
        #expect(!recovery.wasTried)
    }

    @Test
    func theFirstPauseIsHalfASecondAndEachFurtherOneTwiceAsLongUpToHalfAMinute() {
        var recovery = SourceRecovery(at: time(0))
        let pauses = (0..<9).map { recovery.fail("taken", at: time(Double($0))) }
        #expect(pauses.map { Double($0) / 1e9 } == [0.5, 1, 2, 4, 8, 16, 30, 30, 30])
        #expect(!recovery.isDue(at: time(8).monotonic))
        #expect(recovery.isDue(at: time(38).monotonic))
    }

    @Test
    func itIsDownSinceTheFirstFailureForTheLastReason() {
        var recovery = SourceRecovery(at: time(0))
        recovery.succeed(at: time(1))
        #expect(recovery.state == .up(since: time(1).wall))
        recovery.fail("gone", at: time(60))
        recovery.fail("still gone", at: time(61))
        #expect(recovery.state == .down(since: time(60).wall, reason: "still gone", retryAt: time(62).wall))
        #expect(recovery.restartCount == 0)
        recovery.succeed(at: time(62))
        #expect(recovery.restartCount == 1)
        #expect(recovery.isUp)
    }

    @Test
    func whatIsOpenedAnewForOtherSettingsIsNoRestart() {
        var recovery = SourceRecovery(at: time(0))
        recovery.succeed(at: time(1))
        recovery.succeed(at: time(60))
        #expect(recovery.state == .up(since: time(60).wall))
        #expect(recovery.restartCount == 0)
        recovery.fail("taken meanwhile", at: time(61))
        recovery.succeed(at: time(62))
        #expect(recovery.restartCount == 1)
    }

    @Test
    func whoFailsAgainAndAgainIsTriedLessAndLessOftenThoughItIsOpenedEachTime() {
        var recovery = SourceRecovery(at: time(0))
        recovery.succeed(at: time(0))
        #expect(recovery.fail("broken", at: time(1)) == 500_000_000)
        recovery.succeed(at: time(2))
        #expect(recovery.fail("broken", at: time(3)) == 1_000_000_000)
        recovery.succeed(at: time(4))
        #expect(recovery.fail("broken", at: time(40)) == 500_000_000, "it had read for a while")
    }

    @Test
    func whatMayBeOverIsTriedAtOnce() {
        var recovery = SourceRecovery(at: time(0))
        for second in 0..<8 { recovery.fail("no namespace", at: time(Double(second))) }
        recovery.hasten(at: time(9))
        #expect(recovery.isDue(at: time(9).monotonic))
        #expect(recovery.fail("no namespace", at: time(9)) == SourceRecovery.leastPause)
        #expect(recovery.downSince == time(0).wall)
    }
}
