import FlowModel
import Ingest
import Testing

/// A recording's times may go back, and a table's must not.
struct RecordingClockTests {
    /// What of each second of a recording is the table's.
    private func seconds(_ clock: inout RecordingClock, _ walls: [Double]) -> [Double] {
        walls.map { wall in
            let time = clock.time(at: Timestamp(nanoseconds: Int64(wall * 1e9)))
            #expect(time.wall == Timestamp(nanoseconds: Int64(wall * 1e9)))
            return Double(time.monotonic) / 1e9
        }
    }

    @Test
    func aRecordALittleBehindIsNoStepOfTheClock() {
        var clock = RecordingClock()
        #expect(seconds(&clock, [10, 10.5, 10.25, 10.75, 12]) == [10, 10.5, 10.5, 10.75, 12])
        #expect(clock.backCount == 0)
    }

    @Test
    func timeGoesOnWhereTheClockIsSetBack() {
        var clock = RecordingClock()
        #expect(seconds(&clock, [500, 501, 401, 402, 403, 399, 400]) == [500, 501, 501, 502, 503, 503, 504])
        #expect(clock.backCount == 2)
        #expect(clock.greatestStep == 100_000_000_000)
    }

    /// Two interfaces, each with a clock of its own: neither was set.
    @Test(arguments: [2, 37, 1e6])
    func clocksThatTakeTurnsMakeOneTime(_ skew: Double) throws {
        var clock = RecordingClock()
        var walls: [Double] = []
        for number in 0..<400 {
            let wall = 1e7 + Double(number) / 10
            walls += [wall, wall - skew, wall - 3 * skew]
        }
        let shown = seconds(&clock, walls)
        let end = try #require(shown.last)
        #expect(shown.allSatisfy { $0 >= 1e7 && $0 <= end })
        #expect(end > 1e7 + 39 && end < 1e7 + 40)
        // One of them alone goes on as it is.
        let later = seconds(&clock, [1e7 + 50 - skew, 1e7 + 51 - skew])
        #expect(later[1] > end && later[1] < 1e7 + 52)
    }

    @Test
    func noTimeIsTooFarAway() {
        var clock = RecordingClock()
        var last: UInt64 = 0
        for time in [Int64.min, .max, .min, .max, 0, .max, -1, .min] {
            let now = clock.time(at: Timestamp(nanoseconds: time)).monotonic
            #expect(now >= last)
            last = now
        }
        #expect(last <= UInt64(Int64.max))
        #expect(clock.backCount == 4)
        #expect(clock.greatestStep == .max)
    }
}
