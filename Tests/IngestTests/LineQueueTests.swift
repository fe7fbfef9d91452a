import FlowModel
import Testing

@testable import Ingest

struct LineQueueTests {
    /// Nanoseconds after which a test gives up waiting.
    private static let patience: UInt64 = 10_000_000_000

    @Test func whoWritesWaitsForNobodyAndWhatWasLostIsToldWhenThereIsRoomAgain() throws {
        let (begun, gate) = (try Signal(), try Signal())
        let written = Lock<[String]>([])
        let queue = try LineQueue(
            limit: 8,
            write: { text in
                begun.raise()
                Signal.wait(for: [gate], timeout: Self.patience)
                written.withLock { $0.append(String(decoding: text, as: UTF8.self)) }
            }, tellLoss: { Array("\($0) lost\n".utf8) })
        queue.finish(within: Self.patience)
        queue.append(Array("one\n".utf8))
        Signal.wait(for: [begun], timeout: Self.patience)
        for _ in 0..<5 { queue.append(Array("two\n".utf8)) }
        queue.finish(within: 1)
        #expect(written.withLock { $0 }.isEmpty, "nobody reads")
        gate.raise()
        queue.finish(within: Self.patience)
        #expect(written.withLock { $0 } == ["one\n", "two\ntwo\n", "3 lost\n"])
        queue.stop()
    }
}
