import CAllocations
import FlowModel
import Sessions

/// What a session takes up, with its part of the indexes. Each kind is measured in a process of its own, as memory that was
/// given back would hide what is taken.
enum MemoryBenchmark {
    static let sessionCount = 1_000_000
    /// Bytes (design.md).
    private static let goal = 256.0

    enum Kind: String, CaseIterable {
        case plain
        case translated
        case logged

        var name: String {
            switch self {
            case .plain: "known to conntrack, not translated"
            case .translated: "known to conntrack, all translated"
            case .logged: "not translated, a packet of each logged"
            }
        }
    }

    static func header() {
        Table.title("Memory of \(sessionCount) sessions")
        Table.row("", "bytes per session: malloc", "resident", "", "goal")
    }

    static func run(_ kind: Kind) {
        let population = Population(count: sessionCount, translation: kind == .translated ? .all : .none)
        let before = (allocated: allocated_byte_count(), resident: resident_byte_count())
        let filled = FilledTable(population)
        if kind == .logged {
            for number in 0..<sessionCount {
                filled.apply([.packet(PacketObservation(key: population.original(number), byteCount: 1500))])
            }
        }
        let perSession = { (after: UInt64, before: UInt64) in Double(after - before) / Double(sessionCount) }
        let allocated = perSession(allocated_byte_count(), before.allocated)
        let resident = perSession(resident_byte_count(), before.resident)
        precondition(filled.table.count == sessionCount)
        Table.row(
            kind.name, Figure.round(allocated), Figure.round(resident), "",
            Table.verdict(max(allocated, resident), atMost: goal))
    }
}
