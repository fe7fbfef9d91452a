import Testing

@testable import Ingest

struct CaptureReaderTests {
    /// Blocks that were read at once, of a ring of so many, and whether more may wait or come while nobody looks.
    @Test(arguments: [
        (1, 4, false), (1, 8, true), (4, 32, true), (5, 32, false), (7, 64, true), (8, 64, false), (8, 256, false),
        (0, 256, false),
    ])
    func aPauseIsMadeWhereAllWasReadAndTheRingHasRoom(count: Int, blockCount: Int, pauses: Bool) {
        #expect(CaptureReader<FlowCounter>.isBusy(after: count, of: blockCount) == pauses)
    }
}
