import Testing

@testable import Ingest

struct BurstGaugeTests {
    @Test
    func aBurstWouldHaveNeededItsBufferAndRoomForWhatWasLost() {
        var burst = BurstGauge()
        #expect(burst.end() == nil)
        burst.add(1000, bufferByteCount: 1 << 20)
        burst.add(1000, bufferByteCount: 1 << 20)
        #expect(burst.end() == (1 << 20) + 2000 * 640)
        #expect(burst.end() == nil, "the next burst is another")
    }

    @Test
    func aBufferThatGrewWithinABurstDidNotSufficeEither() {
        var burst = BurstGauge()
        burst.add(1000, bufferByteCount: 1 << 20)
        burst.add(1000, bufferByteCount: 4 << 20)
        #expect(burst.end() == (4 << 20) + 2000 * 640)
    }
}
