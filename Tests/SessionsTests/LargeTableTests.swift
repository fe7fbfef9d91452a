import FlowModel
import Sessions
import Testing

/// Batches on a table of many sessions take another way to memory; they must come to the same.
struct LargeTableTests {
    private static let count: UInt32 = 10_000

    private func observation(_ kind: ConntrackObservation.Kind, _ id: UInt32, mark: UInt32? = nil) -> Observation {
        let source = IPAddress(ipv4: 0x0a00_0000 + id)
        // Every third one is translated.
        let original = FlowKey.tcp(source, 1, .server, 443)
        let reply = id % 3 == 0 ? FlowKey.tcp(.server, 443, .firewall, UInt16(id)) : nil
        let entry = ConntrackEntry.entry(id, original, reply: reply) { $0.mark = mark }
        return .conntrack(ConntrackObservation(kind: kind, entry: entry, helper: .none))
    }

    @Test
    func batchesOfEverythingComeToTheSameAsOneByOne() {
        var batch = (1...Self.count).map { observation(.new, $0) }
        let news = batch
        batch = (1...Self.count).map { observation(.update, $0, mark: $0) }
        batch += (Self.count + 1...Self.count + 500).map { observation(.new, $0) }
        batch += (1...Self.count).filter { $0 % 7 == 0 }.map { observation(.destroy, $0) }
        batch.append(.packet(PacketObservation(key: .tcp(.server, 443, .firewall, 9999), byteCount: 100)))
        batch.append(.packet(PacketObservation(key: .web, byteCount: 100)))
        batch.append(.loss(Loss(lane: .nflog, cause: .overrun, count: 1)))
        var generator = SeededGenerator(seed: 1)
        batch.shuffle(using: &generator)

        let together = Monitor()
        let oneByOne = Monitor()
        together.take(ObservationBatch(news))
        together.take(ObservationBatch(batch))
        for observation in news + batch { oneByOne.take(observation) }

        #expect(together.told.count == oneByOne.told.count)
        #expect(together.summary.sessionCount == oneByOne.summary.sessionCount)
        let facts = { (monitor: Monitor) in
            Dictionary(
                uniqueKeysWithValues: monitor.sessions.map {
                    ($0.record.id, [UInt64($0.record.mark), $0.nflog?.counters.total.byteCount ?? 0])
                })
        }
        #expect(facts(together) == facts(oneByOne))
    }
}
