import CAllocations
import FlowModel
import Sessions

/// An hour's worth of sessions that come and go, compressed: the table's memory after each million.
enum ChurnBenchmark {
    private static let rounds = 10
    private static let sessionsPerRound = 1_000_000
    /// Sessions that are alive at a time, and messages in a batch.
    private static let aliveCount = 4096
    private static let batchSize = 64

    static func run() {
        Table.title("Memory while \(rounds * sessionsPerRound) sessions begin and end, \(aliveCount) alive at a time")
        Table.row("", "MiB: malloc", "resident", "", "goal")
        // Nobody is there at the start: what grows is what churn leaves behind.
        let filled = FilledTable(Population(count: 0, translation: .third))
        let population = Population(count: rounds * sessionsPerRound, translation: .third)
        var warm: UInt64 = 0
        for round in 1...rounds {
            churn((round - 1) * sessionsPerRound..<round * sessionsPerRound, of: population, through: filled)
            let (allocated, resident) = (allocated_byte_count(), resident_byte_count())
            if round == 2 { warm = allocated }
            let growth = Double(allocated) / Double(max(1, warm)) - 1
            Table.row(
                "after \(round * sessionsPerRound) sessions", Figure.round(Double(allocated) / 1_048_576),
                Figure.round(Double(resident) / 1_048_576), "",
                round == rounds ? "flat: " + (growth < 0.01 ? "reached" : "MISSED") : "")
        }
    }

    private static func churn(_ numbers: Range<Int>, of population: Population, through filled: FilledTable) {
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: batchSize) {
            var batch = ObservationBatch()
            for number in first..<first + batchSize {
                batch.append(filled.conntrack(.new, population.entry(number)))
                if number >= aliveCount {
                    batch.append(filled.conntrack(.destroy, population.row(number - aliveCount, round: 0)))
                }
            }
            filled.apply(batch)
        }
    }
}
