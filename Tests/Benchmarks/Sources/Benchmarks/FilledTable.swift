import FlowModel
import Sessions

/// A session table with a population in it, and a clock.
final class FilledTable {
    /// Messages in one batch: what a source hands over at once under load.
    static let batchSize = 64

    let population: Population
    private(set) var table: SessionTable
    private var monotonic: UInt64 = 1_000_000_000
    private var events: [SessionEvent] = []
    private var round: UInt64 = 0

    init(_ population: Population, _ change: (inout SessionTable.Configuration) -> Void = { _ in }) {
        self.population = population
        var configuration = SessionTable.Configuration()
        change(&configuration)
        table = SessionTable(configuration: configuration, seed: (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210))
        apply([.dumpBegan(DumpStart(cause: .initial))])
        for first in stride(from: 0, to: population.count, by: Self.batchSize) {
            let numbers = first..<min(first + Self.batchSize, population.count)
            apply(ObservationBatch(numbers.map { conntrack(.dumpRow, population.row($0, round: 0)) }))
        }
        apply([.dumpEnded(DumpEnd(isComplete: true))])
        precondition(table.count == population.count, "the table is not filled")
    }

    /// Now; it goes on by a millisecond with each batch.
    private var time: ReceiveTime {
        ReceiveTime(wall: Timestamp(nanoseconds: 1_767_607_200_000_000_000 + Int64(monotonic)), monotonic: monotonic)
    }

    /// Has the table take in a batch, and throws the events away as an output that keeps up does.
    func apply(_ batch: ObservationBatch) {
        table.apply(batch, at: time, events: &events)
        events.removeAll(keepingCapacity: true)
        monotonic += 1_000_000
    }

    /// Lets enough time pass that what waits is done with.
    func rest() {
        monotonic += 10_000_000_000
        table.advance(to: time, events: &events)
        events.removeAll(keepingCapacity: true)
    }

    func conntrack(_ kind: ConntrackObservation.Kind, _ entry: ConntrackEntry) -> Observation {
        .conntrack(ConntrackObservation(kind: kind, entry: entry, helper: .none))
    }

    /// A number that no dump's row had before.
    func nextRound() -> UInt64 {
        round += 1
        return round
    }
}
