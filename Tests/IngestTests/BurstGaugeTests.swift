import Testing

@testable import Ingest

struct BurstGaugeTests {
    @Test
    func aBurstWouldHaveNeededItsBufferAndRoomForWhatWasLost() {
        var burst = BurstGauge(bufferByteCount: 1 << 20)
        #expect(burst.end() == nil)
        burst.add(1000)
        burst.add(1000)
        #expect(burst.end() == (1 << 20) + 2000 * 640)
        #expect(burst.end() == nil, "the next burst is another")
    }
}
