import FlowModel
import Testing

@testable import Ingest

struct LoadShedderTests {
    private static let second: UInt64 = 1_000_000_000

    /// Lets time pass in tenths of a second, with or without losses; what was taken after each step, with its second.
    private func run(
        _ shedder: inout LoadShedder, from start: UInt64, to end: UInt64, isLosing: Bool
    ) -> [(second: UInt64, taken: Subscription)] {
        var steps: [(UInt64, Subscription)] = []
        for now in stride(from: start * Self.second, to: end * Self.second, by: Int(Self.second / 10)) {
            if isLosing { shedder.noteLoss(at: now) }
            if shedder.stepIfDue(at: now) { steps.append((now / Self.second, shedder.subscription)) }
        }
        return steps
    }

    @Test
    func aBurstCostsNothing() {
        var shedder = LoadShedder()
        for start: UInt64 in [100, 110, 120] {
            #expect(run(&shedder, from: start, to: start + 2, isLosing: true).isEmpty)
            #expect(run(&shedder, from: start + 2, to: start + 10, isLosing: false).isEmpty)
        }
        #expect(shedder.subscription == .events)
    }

    @Test
    func anOverrunThatLastsCostsUpdatesThenBeginningsAndNeverEnds() {
        var shedder = LoadShedder()
        let steps = run(&shedder, from: 100, to: 160, isLosing: true)
        #expect(steps.map(\.second) == [103, 106])
        #expect(steps.map(\.taken) == [[.new, .destroy], .destroy])
    }

    @Test
    func whatWasGivenUpIsTakenAgainStepByStepWhenNothingIsLost() {
        var shedder = LoadShedder()
        _ = run(&shedder, from: 100, to: 110, isLosing: true)
        let steps = run(&shedder, from: 110, to: 200, isLosing: false)
        #expect(steps.map(\.second) == [119, 129])
        #expect(steps.map(\.taken) == [[.new, .destroy], .events])
    }

    @Test
    func whoTriesTooEarlyWaitsTwiceAsLong() {
        var shedder = LoadShedder()
        var now: UInt64 = 100
        var waits: [UInt64] = []
        for _ in 0..<4 {
            now = run(&shedder, from: now, to: now + 20, isLosing: true).last.map { _ in now + 20 } ?? now
            // Without the updates nothing is lost.
            let quiet = run(&shedder, from: now, to: now + 400, isLosing: false)
            waits.append((quiet.first?.second ?? 0) + 1 - now)
            now = (quiet.last?.second ?? now) + 1
        }
        #expect(waits == [10, 20, 40, 80])
    }
}
