import CAllocations
import FlowModel
import Flows
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
        case captured
        case frames

        var name: String {
            switch self {
            case .plain: "known to conntrack, not translated"
            case .translated: "known to conntrack, all translated"
            case .logged: "not translated, a packet of each logged"
            case .captured: "not translated, each seen at two interfaces"
            case .frames: "known to a capture only, at one interface"
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
        let told = kind == .frames ? Population(count: 0, translation: .none) : population
        let filled = FilledTable(told) {
            ($0.hasTaps, $0.hasConntrack) = (kind == .captured || kind == .frames, kind != .frames)
            $0.maximumFrameSessions = sessionCount
        }
        if kind == .captured || kind == .frames {
            for first in stride(from: 0, to: sessionCount, by: FlowTable.drainLimit) {
                let keys = (first..<min(first + FlowTable.drainLimit, sessionCount)).map(population.original)
                filled.apply(ObservationBatch(keys.map { flow($0, Tap(interface: 3, direction: .ingress)) }))
                guard kind == .captured else { continue }
                filled.apply(ObservationBatch(keys.map { flow($0, Tap(interface: 4, direction: .egress)) }))
            }
        }
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

    /// A packet's, at a tap.
    private static func flow(_ key: FlowKey, _ tap: Tap) -> Observation {
        var flow = FlowObservation(key: key, tap: tap)
        flow.facts = .isFirst
        flow.forward.seen = Counters(packetCount: 1, byteCount: 1500)
        flow.forward.first = Timestamp(nanoseconds: 1_767_607_200_000_000_000)
        flow.forward.last = flow.forward.first
        return .flow(flow)
    }
}
