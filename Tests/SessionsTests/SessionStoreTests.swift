import FlowModel
import Sessions
import Testing

struct SessionStoreTests {
    private static let time = ReceiveTime(wall: Monitor.epoch, monotonic: 1)

    private func news(_ range: Range<UInt32>) -> ObservationBatch {
        ObservationBatch(
            range.lazy.map { id -> Observation in
                let source = IPAddress(ipv4: 0x0a00_0000 + id)
                let entry = ConntrackEntry.entry(id + 1, .tcp(source, 1, .server, 443))
                return .conntrack(ConntrackObservation(kind: .new, entry: entry, helper: .none))
            })
    }

    @Test
    func eventsAreNumberedWithoutAGap() {
        let store = SessionStore(seed: (1, 2))
        var events: [SessionEvent] = []
        _ = store.take(news(0..<3), at: Self.time)
        #expect(store.takeEvents(into: &events) == 0)
        #expect(events.count == 3)
        _ = store.take(news(3..<5), at: Self.time)
        #expect(store.takeEvents(into: &events) == 3)
        #expect(events.count == 2)
        #expect(store.takeEvents(into: &events) == 5)
        #expect(events.isEmpty)
    }

    @Test
    func anOutputThatDoesNotKeepUpLosesEventsExactlyCountedAndNoSession() {
        let limit: UInt32 = 500
        let extra: UInt32 = 100
        let store = SessionStore(seed: (1, 2), queueLimit: Int(limit))
        _ = store.take(news(0..<limit), at: Self.time)
        _ = store.take(news(limit..<limit + extra), at: Self.time)
        var events: [SessionEvent] = []
        #expect(store.takeEvents(into: &events) == 0)
        #expect(events.count == Int(limit))
        _ = store.advance(to: Self.time)
        #expect(store.takeEvents(into: &events) == UInt64(limit + extra), "the gap in the numbers is the loss")
        let lost = events.compactMap { if case .loss(let report) = $0.kind { report.count } else { nil } }
        #expect(lost == [UInt64(extra)])
        let summary = store.withTable { $0.completeness }
        #expect(summary.sessionCount == Int(limit + extra))
        #expect(summary.unwrittenEvents == UInt64(extra))
    }

    /// Sessions older than the listener end without a word, and hundreds of thousands may in one go.
    @Test
    func endsThatADumpFindsWaitForTheOutput() {
        var configuration = SessionTable.Configuration()
        configuration.hasNFLog = false
        let store = SessionStore(configuration: configuration, seed: (1, 2), queueLimit: 1000)
        var told: [SessionEvent] = []
        var events: [SessionEvent] = []
        func drain() {
            _ = store.takeEvents(into: &events)
            told += events
        }
        for first in stride(from: 0 as UInt32, to: 10_000, by: 500) {
            _ = store.take(news(first..<first + 500), at: Self.time)
            drain()
        }
        for seconds in 1...2 as ClosedRange<UInt64> {
            let time = ReceiveTime(wall: Monitor.epoch, monotonic: seconds * 10_000_000_000)
            _ = store.take(
                [.dumpBegan(DumpStart(cause: .periodic)), .dumpEnded(DumpEnd(isComplete: true))], at: time)
            while store.advance(to: time).isCongested { drain() }
            drain()
        }
        store.finish(at: ReceiveTime(wall: Monitor.epoch, monotonic: 100_000_000_000))
        drain()
        let ended = told.filter { if case .end = $0.kind { true } else { false } }.map(\.session.record.id)
        #expect(ended.count == 10_000)
        #expect(Set(ended).count == 10_000, "each once")
        let summary = store.withTable { $0.completeness }
        #expect(summary.unwrittenEvents == 0)
        #expect(summary.completeDumpCount == 2)
    }

    @Test
    func aSourceIsAskedToPauseWhileTheQueueIsLong() {
        let store = SessionStore(seed: (1, 2), queueLimit: 400)
        #expect(!store.take(news(0..<100), at: Self.time).isCongested)
        let isCongested = store.take(news(100..<101), at: Self.time).isCongested
        #expect(isCongested)
        var events: [SessionEvent] = []
        _ = store.takeEvents(into: &events)
        #expect(!store.advance(to: Self.time).isCongested)
    }

    @Test
    func theOutputIsWokenWhenTheFirstEventComesAndWhenADumpEnds() {
        let wakes = Lock(0)
        let store = SessionStore(seed: (1, 2)) { wakes.withLock { $0 += 1 } }
        _ = store.take(news(0..<1), at: Self.time)
        _ = store.take(news(1..<2), at: Self.time)
        #expect(wakes.withLock { $0 } == 1)
        _ = store.take(
            [.dumpBegan(DumpStart(cause: .periodic)), .dumpEnded(DumpEnd(isComplete: true))], at: Self.time)
        #expect(wakes.withLock { $0 } == 2)
        #expect(store.advance(to: Self.time).wantedDump == .periodic, "both sessions were missed once")
    }

    @Test
    func aLossAsksTheSourceForADump() {
        let store = SessionStore(seed: (1, 2))
        let answer = store.take([.loss(Loss(lane: .conntrack, cause: .overrun, count: 1))], at: Self.time)
        #expect(answer.wantedDump == .overrun)
    }
}
