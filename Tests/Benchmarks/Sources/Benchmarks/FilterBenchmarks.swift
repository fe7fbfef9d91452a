import FlowModel
import Query

/// What a filter costs for each event that it decides on.
enum FilterBenchmarks {
    /// Nanoseconds for a typical filter.
    private static let goal = 30.0

    static func group() -> Group {
        let population = Population(count: 1024, translation: .third)
        let time = Timestamp(nanoseconds: 1_767_607_300_000_000_000)
        let interfaces: InterfaceNames = [:]
        let sessions = (0..<1024).map { number in
            let entry = population.row(number, round: 0)
            var record = SessionRecord(
                id: SessionID(conntrackID: entry.id ?? 0, original: entry.original), original: entry.original,
                reply: entry.reply, start: time, lastSeen: time)
            record.facts = [.live, .conntrack, .counters, .start]
            record.counters.original = entry.originalCounters ?? Counters()
            return Session(record: record, nflog: nil)
        }
        func evaluate(_ text: String, goal: Double? = nil) -> Benchmark {
            let filter = (try? SessionFilter(parsing: text, names: NameTable())) ?? .everything
            precondition(!filter.isOpen)
            return Benchmark(text, goal: goal) { stopwatch in
                stopwatch.measure {
                    var count = 0
                    for _ in 0..<100 {
                        for index in sessions.indices
                        where filter.admits(sessions[index], interfaces: interfaces, now: time) {
                            count += 1
                        }
                    }
                    keep(count)
                    return 100 * sessions.count
                }
            }
        }
        return Group(
            name: "A filter's answer about a session", unit: "session",
            benchmarks: [
                evaluate("tcp"), evaluate("dst port 443 and src net 10.0.0.0/8", goal: goal),
                evaluate("tcp and (dport in [22 80 443] or bytes > 1M) and not host 192.0.2.1", goal: goal),
                evaluate("src net 2001:db8::/32 or dst net 2001:db8::/32"),
            ])
    }
}
