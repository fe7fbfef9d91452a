import FlowModel
import Sessions
import Testing

/// Whatever comes in whatever order: each packet that a capture told of is some session's.
struct FlowSumTests {
    @Test(arguments: 1...32 as ClosedRange<UInt64>)
    func noPacketIsLostAndNoneIsCountedTwice(_ seed: UInt64) {
        var street = Street(seed: seed)
        for _ in 0..<2000 { street.goOn() }
        street.monitor.finish()
        let monitor = street.monitor
        let all = monitor.ends.map(\.session) + monitor.sessions
        let counted = all.flatMap(\.taps.lanes).map { $0.seen.total.packetCount }.reduce(0, +)
        #expect(counted + monitor.summary.ambiguousPackets == street.packetCount)
        #expect(all.allSatisfy { $0.taps.lanes.count <= 2 && $0.taps.otherCount == 0 })
    }
}

/// A few hosts behind a firewall of two interfaces, where everything happens at random: some sessions are translated, some in zones of
/// their own, conntrack's word comes early, late or never, and rules log and deny.
private struct Street {
    let monitor: Monitor
    /// Packets that the capture told of.
    private(set) var packetCount: UInt64 = 0
    private let hasConntrack: Bool
    private let hasZones: Bool
    private var random: SeededGenerator
    private var lastID: UInt32 = 0
    private var living: [FlowKey: UInt32] = [:]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let hasConntrack = seed % 3 != 0
        self.hasConntrack = hasConntrack
        hasZones = seed % 5 == 0
        monitor = Monitor {
            ($0.hasTaps, $0.hasConntrack, $0.hasNFLog) = (true, hasConntrack, seed % 2 == 0)
            if seed % 4 == 0 { ($0.maximumPacketSessions, $0.maximumFrameSessions) = (3, 3) }
        }
    }

    mutating func goOn() {
        let port = UInt16.random(in: 1...8, using: &random)
        let key = FlowKey.tcp(.client, port, .server, 443)
        let zoned = hasZones ? key.inZone(.random(in: 1...2, using: &random)) : key
        switch Int.random(in: 0..<12, using: &random) {
        case 0 where hasConntrack && living[zoned] == nil:
            lastID += 1
            living[zoned] = lastID
            let began = monitor.now.nanoseconds - Int64.random(in: 0...2_000_000_000, using: &random)
            let isStamped = Bool.random(using: &random)
            monitor.conntrack(
                .new, entry(lastID, zoned) { $0.eventTime = isStamped ? Timestamp(nanoseconds: began) : nil })
        case 1 where hasConntrack:
            guard let known = living.removeValue(forKey: zoned) else { return }
            monitor.conntrack(.destroy, entry(known, zoned) { $0.stop = monitor.now })
        case 2 where hasConntrack: monitor.dump(living.sorted { $0.value < $1.value }.map { entry($0.value, $0.key) })
        case 3 where !hasZones:  // there packets that rules log may be ambiguous, too
            monitor.packet(key) { if Bool.random(using: &random) { $0.verdict = .drop } }
        case 4, 5: monitor.wait(seconds: .random(in: 0...1.2, using: &random))
        case 6 where Int.random(in: 0..<10, using: &random) == 0:
            monitor.wait(seconds: [70, 150, 4000].randomElement(using: &random) ?? 70)
        default: pass(key)
        }
    }

    private func entry(
        _ id: UInt32, _ key: FlowKey, _ change: (inout ConntrackEntry) -> Void = { _ in }
    ) -> ConntrackEntry {
        var reply = translated(key).inverse
        reply.zone = key.zone
        return .entry(id, key, reply: reply, change)
    }

    /// How a tuple leaves: of every other port, with the firewall's address.
    private func translated(_ key: FlowKey) -> FlowKey {
        key.sourcePort % 2 == 0 ? .tcp(.firewall, key.sourcePort, .server, 443) : key
    }

    /// Packets pass one of the interfaces, and a second one, or none, later.
    private mutating func pass(_ key: FlowKey) {
        let (forward, backward) = (UInt64.random(in: 0...5, using: &random), UInt64.random(in: 0...5, using: &random))
        guard forward + backward > 0 else { return }
        let facts: FlowObservation.Facts =
            [[], [.isFirst], [.isFirst, .opensConnection], [.closed], [.closed, .opensConnection]]
            .randomElement(using: &random) ?? []
        let isBack = Bool.random(using: &random)
        let leaves = Bool.random(using: &random)
        let shown = leaves ? translated(key) : key
        monitor.flow(
            isBack ? shown.inverse : shown, forward, backward, by: leaves ? 4 : 3,
            leaves == isBack ? .ingress : .egress, facts, ago: .random(in: 0...2, using: &random))
        packetCount += forward + backward
    }
}
