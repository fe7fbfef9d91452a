import FlowModel
import Query

/// What a filter costs for each event that it decides on.
enum FilterBenchmarks {
    /// Nanoseconds for a typical filter.
    private static let goal = 30.0

    static func group() -> Group {
        let population = Population(count: 1024, translation: .third)
        let time = Timestamp(nanoseconds: 1_767_607_300_000_000_000)
        let names = NameTable()
        let interfaces: InterfaceNames = [2: names.number(of: "lan0".utf8), 3: names.number(of: "wan0".utf8)]
        let rules = (0..<16).map { names.number(of: "rule-\($0)".utf8) }
        let sessions = (0..<1024).map { number in
            let entry = population.row(number, round: 0)
            var record = SessionRecord(
                id: SessionID(conntrackID: entry.id ?? 0, original: entry.original), original: entry.original,
                reply: entry.reply, start: time, lastSeen: time)
            record.facts = [.live, .conntrack, .counters, .start]
            record.counters.original = entry.originalCounters ?? Counters()
            // Rules logged every other one.
            guard number % 2 == 0 else { return Session(record: record, nflog: nil) }
            record.facts.insert(.nflog)
            var lane = LogLane()
            (lane.originalPath.inInterface, lane.originalPath.outInterface) = (2, 3)
            (lane.rule, lane.verdict) = (rules[number / 2 % rules.count], .accept)
            return Session(record: record, nflog: lane)
        }
        func evaluate(_ text: String, goal: Double? = nil) -> Benchmark {
            let filter = (try? SessionFilter(parsing: text, names: names)) ?? .everything
            return Benchmark(filter.isOpen ? "no filter" : text, goal: goal, isReference: filter.isOpen) { stopwatch in
                stopwatch.measure {
                    var count = 0
                    // Lent, as the table does; what that costs alone shows where there is no filter.
                    let lent = sessions.span
                    for _ in 0..<100 {
                        for index in lent.indices
                        where filter.admits(lent[index], interfaces: interfaces, now: time) {
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
                evaluate(""), evaluate("tcp"), evaluate("dst port 443 and src net 10.0.0.0/8", goal: goal),
                evaluate("tcp and (dport in [22 80 443] or bytes > 1M) and not host 192.0.2.1", goal: goal),
                evaluate("src net 2001:db8::/32 or dst net 2001:db8::/32"),
                evaluate("iif = lan0 and rule = rule-7"), evaluate("iif = lan* and rule = *-7"),
                evaluate("exact and start > -10m"),
            ])
    }
}
