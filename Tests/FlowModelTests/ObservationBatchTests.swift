import FlowModel
import Testing

struct ObservationBatchTests {
    private static func entry(_ id: UInt32) -> Observation {
        var entry = ConntrackEntry()
        entry.id = id
        return .conntrack(ConntrackObservation(kind: .update, entry: entry, helper: .none))
    }

    private static func packet(_ byteCount: UInt64) -> Observation {
        .packet(PacketObservation(key: .empty, byteCount: byteCount))
    }

    /// A word for each observation.
    private static func words(_ batch: ObservationBatch) -> [String] {
        batch.map {
            switch $0 {
            case .conntrack(let conntrack): "entry \(conntrack.entry.id ?? 0)"
            case .packet(let packet): "packet \(packet.byteCount)"
            case .flow: "flow"
            case .frames: "frames"
            case .loss: "loss"
            case .interface: "interface"
            case .dumpBegan: "begin"
            case .dumpEnded: "end"
            case .subscription: "subscription"
            }
        }
    }

    @Test
    func observationsOfAllKindsKeepTheirOrder() {
        let loss = Observation.loss(Loss(lane: .nflog, cause: .overrun, count: 1))
        let batch: ObservationBatch = [
            Self.entry(1), Self.packet(2), loss, Self.packet(3), Self.entry(4), .dumpBegan(DumpStart(cause: .initial)),
        ]
        #expect(Self.words(batch) == ["entry 1", "packet 2", "loss", "packet 3", "entry 4", "begin"])
    }

    @Test
    func onlyTheDumpsEndAtTheEndIsTakenOut() {
        let end = Observation.dumpEnded(DumpEnd(isComplete: true))
        var batch: ObservationBatch = [end, Self.entry(1), end]
        #expect(batch.popDumpEnd()?.isComplete == true)
        #expect(Self.words(batch) == ["end", "entry 1"])
        #expect(batch.popDumpEnd() == nil)
    }

    @Test
    func anEmptiedBatchIsFilledAnew() {
        var batch: ObservationBatch = [Self.entry(1), Self.packet(2)]
        batch.removeAll()
        #expect(batch.isEmpty)
        batch.append(Self.packet(3))
        #expect(Self.words(batch) == ["packet 3"])
    }
}
