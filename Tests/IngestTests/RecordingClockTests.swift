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
        #expect(clock.setBackCount == 0)
    }

    @Test
    func timeGoesOnWhereTheClockIsSetBack() {
        var clock = RecordingClock()
        #expect(seconds(&clock, [500, 501, 401, 402, 403, 399, 400]) == [500, 501, 501, 502, 503, 503, 504])
        #expect(clock.setBackCount == 2)
        #expect(clock.greatestStep == 100_000_000_000)
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
        #expect(clock.setBackCount == 4)
        #expect(clock.greatestStep == .max)
    }
}
