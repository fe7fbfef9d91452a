import FlowModel
import Ingest
import Testing

struct ThreadCostsTests {
    @Test func aThreadThatWorksCostsAndOneThatIsNotThereCostsNothing() throws {
        let isWanted = Lock(true)
        let thread = try Thread(name: "nf-test-work") {
            var sum: UInt64 = 0
            while isWanted.withLock({ $0 }) { sum &+= 1 }
        }
        defer {
            isWanted.withLock { $0 = false }
            thread.join()
        }
        // The thread's name comes with its first moments.
        var cost: UInt64 = 0
        for _ in 0..<10_000_000 where cost == 0 { cost = ThreadCosts.processorTime(ofThreadsNamed: "nf-test-work") }
        #expect(cost > 0)
        #expect(ThreadCosts.processorTime(ofThreadsNamed: "nf-test-none") == 0)
    }
}
