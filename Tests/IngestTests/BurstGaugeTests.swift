import Testing

@testable import Ingest

struct BurstGaugeTests {
    @Test
    func aBurstWouldHaveNeededItsBufferAndRoomForWhatWasLost() {
        var burst = BurstGauge(bufferByteCount: 1 << 20)
        #expect(burst.end(nextByteCount: 2 << 20) == nil)
        burst.add(1000)
        burst.add(1000)
        #expect(burst.end(nextByteCount: 2 << 20) == (1 << 20) + 2000 * 640)
        #expect(burst.end(nextByteCount: 2 << 20) == nil, "the next burst is another")
        burst.add(10)
        #expect(burst.end(nextByteCount: 2 << 20) == (2 << 20) + 10 * 640, "of the buffer that has grown since")
    }
}
