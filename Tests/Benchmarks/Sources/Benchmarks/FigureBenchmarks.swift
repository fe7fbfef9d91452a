import FlowModel
import Reports
import Sessions

/// What metrics cost: the counting of sessions, and the text.
enum FigureBenchmarks {
    /// Nanoseconds for a session that is counted, and for a line of the text.
    private static let censusGoal = 30.0
    private static let lineGoal = 2000.0

    static func census(sessionCount: Int) -> Group {
        let filled = FilledTable(Population(count: sessionCount, translation: .third))
        return Group(
            name: "The census of \(sessionCount) sessions", unit: "session",
            benchmarks: [
                Benchmark("by kind, protocol and state", goal: censusGoal) { stopwatch in
                    stopwatch.measure {
                        var census = SessionCensus()
                        var position: UInt32? = 0
                        while let start = position { position = filled.table.count(from: start, into: &census) }
                        var count: UInt64 = 0
                        census.forEach { count += $3 }
                        precondition(count == UInt64(sessionCount))
                        return sessionCount
                    }
                }
            ])
    }

    /// As many series as there can be.
    static func text() -> Group {
        let names = NameTable()
        var table = TableFigures()
        for number in 0..<1024 {
            let rule = names.number(of: "forward rule \(number)".utf8)
            let series = TrafficSeries(
                key: TrafficKey(rule: rule, verdict: .accept), counters: Counters(packetCount: 1, byteCount: 60))
            table.sessionTraffic.append(series)
            table.loggedTraffic.append(series)
        }
        let now = Timestamp(nanoseconds: 1_767_607_200_000_000_000)
        let figures = MonitorFigures(
            status: MonitorStatus(version: "1", processID: 1, startedAt: now, now: now), table: table,
            census: SessionCensus(), fill: nil, names: NameBook(names: names.snapshot, interfaces: [:]))
        return Group(
            name: "The text of metrics with 2,048 series of traffic", unit: "line",
            benchmarks: MetricsFormat.allCases.map { format in
                Benchmark("\(format)", goal: lineGoal) { stopwatch in
                    stopwatch.measure { MetricsReport(format: format).text(figures).count { $0 == UInt8(ascii: "\n") } }
                }
            })
    }
}
