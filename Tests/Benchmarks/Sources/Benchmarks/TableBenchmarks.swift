import FlowModel
import Sessions

/// What the session table costs per message at growing sizes; sessions come in random order, so that nothing is in a cache
/// that would not be on a busy firewall.
enum TableBenchmarks {
    /// Nanoseconds for the update of a session among a million (design.md).
    private static let goal = 150.0
    /// Batches in one repetition.
    private static let batchCount = 1024

    static func group(sessionCount: Int) -> Group {
        let filled = FilledTable(Population(count: sessionCount, translation: .third))
        var random = SeededGenerator(seed: 1)
        func batches(_ observe: (Int) -> Observation, _ stopwatch: inout Stopwatch) -> Int {
            for _ in 0..<batchCount {
                let batch = ObservationBatch(
                    (0..<FilledTable.batchSize).map { _ in observe(Int.random(in: 0..<sessionCount, using: &random)) })
                stopwatch.measure { filled.apply(batch) }
            }
            return batchCount * FilledTable.batchSize
        }
        let population = filled.population
        return Group(
            name: "Session table of \(sessionCount) sessions", unit: "message",
            benchmarks: [
                dictionary(population),
                Benchmark("UPDATE that changes nothing shown", goal: sessionCount >= 1_000_000 ? goal : nil) {
                    batches({ filled.conntrack(.update, population.entry($0)) }, &$0)
                },
                Benchmark("UPDATE that is told") { stopwatch in
                    let round = UInt32(truncatingIfNeeded: filled.nextRound())
                    return batches(
                        {
                            var entry = population.entry($0)
                            entry.mark = round
                            return filled.conntrack(.update, entry)
                        }, &stopwatch)
                },
                Benchmark("row of a dump, with counters") { stopwatch in
                    let round = filled.nextRound()
                    return batches(
                        { filled.conntrack(.dumpRow, population.row($0, round: round)) }, &stopwatch)
                },
                Benchmark("NEW") { beginAndEnd(filled, measuring: .new, &$0) },
                Benchmark("DESTROY") { beginAndEnd(filled, measuring: .destroy, &$0) },
                Benchmark("logged packet") {
                    batches({ .packet(PacketObservation(key: population.original($0), byteCount: 1500)) }, &$0)
                },
            ])
    }

    /// The least that any table does: a dictionary from the original tuple to the record's place, and one field set.
    private static func dictionary(_ population: Population) -> Benchmark {
        var places: [FlowKey: Int] = [:]
        var records: [SessionRecord] = []
        let never = Timestamp(nanoseconds: 0)
        for number in 0..<population.count {
            let key = population.original(number)
            places[key] = number
            records.append(
                SessionRecord(
                    id: SessionID(rawValue: UInt64(number)), original: key, reply: key.inverse, start: never,
                    lastSeen: never))
        }
        var random = SeededGenerator(seed: 2)
        return Benchmark("a dictionary of places in an array", isReference: true) { stopwatch in
            for round in 0..<batchCount {
                let keys = (0..<FilledTable.batchSize).map { _ in
                    population.original(Int.random(in: 0..<population.count, using: &random))
                }
                stopwatch.measure {
                    for key in keys {
                        if let place = places[key] { records[place].lastSeen = Timestamp(nanoseconds: Int64(round)) }
                    }
                }
            }
            return batchCount * FilledTable.batchSize
        }
    }

    /// Sessions beyond the population begin and end again.
    private static func beginAndEnd(
        _ filled: FilledTable, measuring kind: ConntrackObservation.Kind, _ stopwatch: inout Stopwatch
    ) -> Int {
        let count = batchCount / 8
        for batch in 0..<count {
            let first = filled.population.count + batch * FilledTable.batchSize
            let entries = (first..<first + FilledTable.batchSize).map { filled.population.entry($0) }
            let news = ObservationBatch(entries.map { filled.conntrack(.new, $0) })
            let ends = ObservationBatch(entries.map { filled.conntrack(.destroy, $0) })
            if kind == .new { stopwatch.measure { filled.apply(news) } } else { filled.apply(news) }
            if kind == .destroy { stopwatch.measure { filled.apply(ends) } } else { filled.apply(ends) }
            if batch % 16 == 15 { filled.rest() }
        }
        return count * FilledTable.batchSize
    }
}
