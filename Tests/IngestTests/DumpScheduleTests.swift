import FlowModel
import Testing

@testable import Ingest

@Suite struct DumpScheduleTests {
    private static let second: UInt64 = 1_000_000_000

    /// A schedule after a dump that kept a processor busy all the time, if nothing else is said.
    private func ended(
        after duration: UInt64, interval: UInt64 = 10 * second, processorTime: UInt64? = nil, share: Double = 5
    ) -> DumpSchedule {
        var schedule = DumpSchedule()
        _ = schedule.begin(.initial, at: 0)
        schedule.end(
            at: duration, interval: interval, processorTime: processorTime ?? duration, processorShare: share)
        return schedule
    }

    @Test func quickDumpIsRepeatedAfterTheInterval() {
        let schedule = ended(after: 1000)
        #expect(schedule.due(at: 10 * Self.second - 1) == nil)
        #expect(schedule.due(at: 10 * Self.second) == .periodic)
    }

    @Test func anotherPaceIsThatOfTheNextDumpAlready() {
        var schedule = ended(after: 1000, interval: 3600 * Self.second)
        schedule.plan(interval: 2 * Self.second, processorShare: 5)
        #expect(schedule.wait(at: 0) == 2 * Self.second)
        schedule.plan(interval: 7 * Self.second, processorShare: 5)
        #expect(schedule.wait(at: 0) == 7 * Self.second)
        schedule.want(.overrun, at: Self.second)
        let wait = schedule.wait(at: Self.second)
        schedule.plan(interval: 3600 * Self.second, processorShare: 5)
        #expect(schedule.wait(at: Self.second) == wait, "what was lost is made good as before")
        _ = schedule.begin(.overrun, at: 2 * Self.second)
        schedule.plan(interval: Self.second, processorShare: 5)
        #expect(schedule.isRunning && schedule.due(at: .max) == nil)
    }

    @Test func dumpingTakesATwentiethOfAProcessorAtMost() {
        let schedule = ended(after: 3 * Self.second)
        #expect(schedule.due(at: 60 * Self.second - 1) == nil)
        #expect(schedule.due(at: 60 * Self.second) == .periodic)
    }

    @Test func dumpThatWaitedForAProcessorCostsOnlyWhatItUsed() {
        let schedule = ended(after: 3 * Self.second, processorTime: Self.second, share: 10)
        #expect(schedule.due(at: 10 * Self.second - 1) == nil)
        #expect(schedule.due(at: 10 * Self.second) == .periodic)
    }

    @Test func lookThatIsWantedForItselfMayCostWhatItNeeds() {
        let schedule = ended(after: 3 * Self.second, interval: 4 * Self.second, share: 0)
        #expect(schedule.due(at: 4 * Self.second) == .periodic)
    }

    @Test func dumpThatOutlastsItsIntervalIsFollowedByAPause() {
        let schedule = ended(after: 3 * Self.second, interval: 2 * Self.second, processorTime: 1000)
        #expect(schedule.due(at: 3 * Self.second) == nil)
        #expect(schedule.due(at: 3 * Self.second + Self.second / 10) == .periodic)
    }

    @Test func evenTheMostExpensiveDumpIsRepeatedWithinAnHour() {
        let schedule = ended(after: 1, processorTime: .max, share: .leastNonzeroMagnitude)
        #expect(schedule.due(at: 3600 * Self.second) == .periodic)
    }

    @Test func doubtIsNotSettledSoonerThanDumpingMayCost() {
        var schedule = ended(after: Self.second, interval: 100 * Self.second)
        schedule.want(.periodic, at: Self.second)
        #expect(schedule.due(at: 20 * Self.second - 1) == nil)
        #expect(schedule.due(at: 20 * Self.second) == .periodic)
    }

    @Test func timeInWhichADumpWaitedForTheOutputIsNotItsCost() {
        var schedule = DumpSchedule()
        _ = schedule.begin(.initial, at: 0)
        schedule.pause(for: 59 * Self.second)
        schedule.end(
            at: 60 * Self.second, interval: 10 * Self.second, processorTime: Self.second, processorShare: 5)
        #expect(schedule.due(at: 79 * Self.second - 1) == nil)
        #expect(schedule.due(at: 79 * Self.second) == .periodic, "as after a dump of one second")
    }

    @Test func lossIsAnsweredSoonAndNotAtOnceAgain() {
        var schedule = ended(after: 2 * Self.second)
        schedule.noteLoss(at: 2 * Self.second + 1)
        schedule.want(.overrun, at: 2 * Self.second + 1)
        #expect(schedule.due(at: 3 * Self.second) == nil)
        #expect(schedule.due(at: 4 * Self.second) == .overrun)
    }

    @Test func lossesThatGoOnAreAnsweredLaterEachTime() {
        var schedule = ended(after: 1000)
        var now = 1000 as UInt64
        var pauses: [UInt64] = []
        for _ in 0..<12 {
            let ended = now
            while schedule.due(at: now) != .overrun {
                now += Self.second / 100
                schedule.noteLoss(at: now)
                schedule.want(.overrun, at: now)
            }
            pauses.append(now - ended)
            _ = schedule.begin(.overrun, at: now)
            now += 1000
            schedule.end(at: now, interval: 60 * Self.second, processorTime: 1000, processorShare: 5)
        }
        #expect(pauses[0] <= Self.second / 5)
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 + Self.second / 50 })
        #expect((2 * Self.second...10 * Self.second).contains(pauses[11]))
    }

    @Test func lossIsMadeGoodAtOnceWhenTheOverrunIsOver() {
        var schedule = ended(after: 1000)
        var now = 1000 as UInt64
        for _ in 0..<12 {  // the backoff is at its greatest
            schedule.noteLoss(at: now)
            _ = schedule.begin(.overrun, at: now)
            now += 1000
            schedule.end(at: now, interval: 60 * Self.second, processorTime: 1000, processorShare: 5)
        }
        schedule.noteLoss(at: now)
        schedule.want(.overrun, at: now)
        #expect(schedule.due(at: now + Self.second / 5) == nil)
        #expect(schedule.due(at: now + Self.second * 3 / 10) == .overrun)
    }

    @Test func oneDumpAtATime() {
        var schedule = DumpSchedule()
        _ = schedule.begin(.initial, at: 0)
        schedule.want(.overrun, at: 1)
        #expect(schedule.due(at: .max) == nil)
    }

    @Test func singleLookIsNotRepeated() {
        #expect(ended(after: 5, interval: 0).wait(at: 6) == nil)
    }
}
