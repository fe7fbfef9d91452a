import Testing

@testable import Ingest

struct InterruptTimeTests {
    @Test func softInterruptsAreTheSeventhNumberOfAllProcessorsTogether() {
        let text = "cpu  61 2 33 4400 5 6 250 8 0 0\ncpu0 1 1 1 1 1 1 99 1 0 0\nintr 5\n"
        #expect(InterruptTime.nanoseconds(of: text, ticksPerSecond: 100) == 2_500_000_000)
        for text in ["", "cpu", "cpu 1 2 3 4", "cpux 1 2 3 4 5 6 7 8", "cpu 1 2 3 4 5 6 x 8", "cpu 1 2 3 4 5 6 -7 8"] {
            #expect(InterruptTime.nanoseconds(of: text, ticksPerSecond: 100) == nil)
        }
        #expect(InterruptTime.nanoseconds(of: "cpu 1 2 3 4 5 6 \(UInt64.max)", ticksPerSecond: 100) == nil)
        #expect(InterruptTime.nanoseconds(of: text, ticksPerSecond: 0) == nil)
    }

    @Test func thisHostSaysIt() {
        #expect(InterruptTime.current != nil)
    }
}
