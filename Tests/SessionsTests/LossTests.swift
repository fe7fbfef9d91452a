import FlowModel
import Sessions
import Testing

struct LossTests {
    @Test
    func aLossIsToldAtOnceAndFurtherOnesOnceASecond() {
        let monitor = Monitor()
        let first = monitor.now
        monitor.lose(431)
        #expect(monitor.losses.map(\.count) == [431])
        #expect(monitor.losses.first?.from == first)
        for _ in 0..<9 {
            monitor.wait(seconds: 0.1)
            monitor.lose(10)
        }
        #expect(monitor.losses.count == 1)
        let last = monitor.now
        monitor.wait(seconds: 0.2)
        #expect(monitor.losses.map(\.count) == [431, 90])
        #expect(monitor.losses.last?.from.nanoseconds(since: first) == 100_000_000)
        #expect(monitor.losses.last?.to == last)
        #expect(monitor.summary.lostCounts.conntrack == 521)
        var span = LossSpan(at: first)
        span.to = last
        #expect(monitor.summary.lossSpans == [.conntrack: span])
    }

    @Test
    func aLongBurstIsOneReportASecond() {
        let monitor = Monitor()
        for _ in 0..<1000 {
            monitor.lose(1)
            monitor.wait(seconds: 0.01)
        }
        monitor.finish()
        #expect((10...11).contains(monitor.losses.count))
        #expect(monitor.losses.compactMap(\.count).reduce(0, +) == 1000, "and nothing of it is lost")
    }

    @Test
    func lanesAndCausesAreToldApart() {
        let monitor = Monitor()
        monitor.lose(1, .overrun, .conntrack)
        monitor.lose(2, .overrun, .nflog)
        monitor.lose(3, .malformed, .nflog)
        #expect(monitor.losses.map(\.count) == [1, 2, 3])
        #expect(monitor.summary.lostCounts.conntrack == 1)
        #expect(monitor.summary.lostCounts.nflog == 2)
        #expect(monitor.summary.malformedCounts.nflog == 3)
        #expect(monitor.summary.malformedCounts.conntrack == 0)
        #expect(!monitor.summary.isComplete)
    }

    @Test
    func aLossOfUnknownSizeStaysUnknown() {
        let monitor = Monitor()
        monitor.lose(5)
        monitor.wait(seconds: 0.1)
        monitor.lose(7)
        monitor.lose(nil)
        monitor.wait(seconds: 1)
        #expect(monitor.losses.map(\.count) == [5, nil])
        #expect(monitor.summary.uncountedLosses == 1)
    }

    @Test
    func onlyLostEventsMakeTheTableWrong() {
        let monitor = Monitor()
        monitor.lose(1, .overrun, .nflog)
        monitor.lose(1, .output, .conntrack)
        #expect(monitor.wantedDump == nil)
    }

    @Test
    func aSourceThatWasDownIsOneLossWhichNoDumpIsWantedFor() {
        let monitor = Monitor()
        monitor.packet(.web)
        monitor.lose(0, .down, .nflog)
        #expect(monitor.summary.isComplete, "it is told when it is over")
        monitor.wait(seconds: 1)
        monitor.lose(nil, .down, .nflog)
        monitor.lose(nil, .down, .conntrack)
        #expect(monitor.losses.map(\.cause) == [.down, .down])
        #expect(monitor.losses.map(\.count) == [nil, nil])
        #expect(monitor.summary.uncountedLosses == 2)
        #expect(monitor.summary.lossSpans.isEmpty, "those are of overruns")
        #expect(monitor.wantedDump == nil)
    }

    @Test
    func whatIsLeftIsToldWhenTheSourcesEnd() {
        let monitor = Monitor()
        monitor.lose(1)
        monitor.lose(2)
        monitor.packet(.web)
        monitor.finish()
        #expect(monitor.losses.map(\.count) == [1, 2])
        #expect(monitor.told.contains("start"), "a waiting packet's session, too")
        #expect(monitor.summary.sessionCount == 1, "nobody said that it ended")
    }
}
