import CAllocations
import FlowModel
import Sessions

/// What a scan costs: a million attempts at the ports of sixteen hosts, and then a million from as many sources.
enum ScanBenchmark {
    private static let attemptCount = 1_000_000
    private static let batchSize = 64
    private static let ports = 62_500

    static func run() {
        Table.title("Memory while \(attemptCount) ports are scanned, and then as many sources try one port")
        Table.row("", "MiB: malloc", "resident", "", "sessions, evicted")
        let filled = FilledTable(Population(count: 0, translation: .none))
        scan(filled, "ports of 16 hosts") { number in
            key(0xcb00_7105, 0xc633_6400 + UInt32(number / ports), UInt16(number % ports + 1))
        }
        scan(filled, "sources") { number in key(0x0a00_0000 + UInt32(number), 0xc633_6401, 22) }
    }

    private static func key(_ source: UInt32, _ destination: UInt32, _ port: UInt16) -> FlowKey {
        FlowKey(
            source: IPAddress(ipv4: source), destination: IPAddress(ipv4: destination), sourcePort: port ^ 0x5555,
            destinationPort: port, transport: .tcp, family: .ipv4)
    }

    private static func scan(_ filled: FilledTable, _ name: String, _ key: (Int) -> FlowKey) {
        for first in stride(from: 0, to: attemptCount, by: batchSize) {
            var batch = ObservationBatch()
            for number in first..<first + batchSize {
                var packet = PacketObservation(key: key(number), byteCount: 60)
                (packet.verdict, packet.rule, packet.opensConnection) = (.drop, NameID(rawValue: 5), true)
                batch.append(packet)
            }
            filled.apply(batch)
        }
        let (allocated, resident) = (allocated_byte_count(), resident_byte_count())
        let summary = filled.table.completeness
        Table.row(
            "after \(attemptCount) \(name)", Figure.round(Double(allocated) / 1_048_576),
            Figure.round(Double(resident) / 1_048_576), "", "\(summary.sessionCount), \(summary.evictedCount)")
    }
}
