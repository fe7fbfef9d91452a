import FlowModel
import Flows
import Testing

@testable import Ingest

struct InterfaceWatchTests {
    @Test func ofSeveralThreadsThatWantToKnowOneLooks() {
        let lookCount = Lock(0)
        let watch = InterfaceWatch {
            lookCount.withLock { $0 += 1 }
            return InterfaceStack([1: .init(.bridge), 2: .init(.other, master: 1)])
        }
        var time: UInt64 = 3_600_000_000_000
        var threads = (0..<8).map { _ in watch.foreignFrames(at: time) }
        func take() {
            for number in threads.indices {
                threads[number].advance(to: time + UInt64(number))
                let isLeft = threads[number].leaves(0x99, from: 2)
                #expect(!isLeft)
            }
        }
        take()
        #expect(lookCount.withLock { $0 } == 1)
        time += 10_000_000_000
        take()
        #expect(lookCount.withLock { $0 } == 2)
    }
}
