import FlowModel
import Sessions
import Testing

/// Whatever comes in whatever order: each packet that a capture told of is some session's.
struct FlowSumTests {
    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func noPacketIsLostAndNoneIsCountedTwice(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let hasConntrack = seed % 3 != 0
        let monitor = Monitor {
            ($0.hasTaps, $0.hasConntrack, $0.hasNFLog) = (true, hasConntrack, seed % 2 == 0)
            if seed % 4 == 0 { ($0.maximumPacketSessions, $0.maximumFrameSessions) = (3, 3) }
        }
        var given: UInt64 = 0
        var id: UInt32 = 0
        var living: [UInt16: UInt32] = [:]
        for _ in 0..<2000 {
            let port = UInt16.random(in: 1...8, using: &random)
            let key = FlowKey.tcp(.client, port, .server, 443)
            switch Int.random(in: 0..<12, using: &random) {
            case 0 where hasConntrack && living[port] == nil:
                id += 1
                living[port] = id
                monitor.conntrack(.new, .entry(id, key) { $0.eventTime = monitor.now })
            case 1 where hasConntrack:
                guard let known = living.removeValue(forKey: port) else { continue }
                monitor.conntrack(.destroy, .entry(known, key) { $0.stop = monitor.now })
            case 2 where hasConntrack:
                monitor.dump(living.map { .entry($0.value, .tcp(.client, $0.key, .server, 443)) })
            case 3: monitor.packet(key) { if Bool.random(using: &random) { $0.verdict = .drop } }
            case 4, 5: monitor.wait(seconds: .random(in: 0...1.2, using: &random))
            case 6 where Int.random(in: 0..<10, using: &random) == 0: monitor.wait(seconds: 150)
            default:
                let (forward, backward) = (
                    UInt64.random(in: 0...5, using: &random), UInt64.random(in: 0...5, using: &random)
                )
                guard forward + backward > 0 else { continue }
                let facts: FlowObservation.Facts =
                    [[], [.isFirst], [.isFirst, .opensConnection], [.closed], [.closed, .opensConnection]]
                    .randomElement(using: &random) ?? []
                let isBack = Bool.random(using: &random)
                let leaves = Bool.random(using: &random)
                monitor.flow(
                    isBack ? key.inverse : key, forward, backward, by: leaves ? 4 : 3,
                    leaves == isBack ? .ingress : .egress, facts, ago: .random(in: 0...2, using: &random))
                given += forward + backward
            }
        }
        monitor.finish()
        let all = monitor.ends.map(\.session) + monitor.sessions
        let counted = all.flatMap(\.taps.lanes).map { $0.seen.total.packetCount }.reduce(0, +)
        #expect(counted + monitor.summary.ambiguousPackets == given)
        #expect(all.allSatisfy { $0.taps.lanes.count <= 2 && $0.taps.otherCount == 0 })
    }
}
