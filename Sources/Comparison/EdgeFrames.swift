public import FlowModel

/// What captures saw while conntrack's counters were read: from the beginning on, or when the comparison was over.
///
/// The two cannot be read at one moment. What conntrack had counted before the first look, or counted after the end, is among these
/// packets, or has another reason.
public struct EdgeFrames: Sendable {
    private struct Sight: Hashable {
        var tuple: FlowKey
        var way: FrameDirection
    }

    private struct Count {
        var interface: InterfaceIndex
        var packets: UInt64 = 0
    }

    /// Tuples that are kept at most, some 100 bytes each: whoever floods the host makes new ones.
    public static var defaultLimit: Int { 1_000_000 }

    private let limit: Int
    /// What the interface saw that was the first to see a tuple pass this way.
    private var first: [Sight: Count] = [:]
    /// What others saw of it: a bridge and its port see the same packets.
    private var further: [Sight: [Count]] = [:]
    /// Whether all came and found room.
    private var isWhole = true

    /// - Parameter limit: tuples that are kept at most, by the way that they pass.
    public init(limit: Int = defaultLimit) { self.limit = limit }

    /// Takes in what a batch of a capture's says.
    public mutating func add(_ batch: ObservationBatch) {
        for flow in batch.flows {
            let tap = flow.tap
            add(flow.forward, Sight(tuple: flow.key, way: tap.direction), tap.interface)
            add(flow.backward, Sight(tuple: flow.key.inverse, way: tap.direction.opposite), tap.interface)
        }
        // A frame that could not be read is of no session; what was lost may be of any.
        for case .loss(let loss) in batch.others where loss.lane == .packet && loss.fault == nil { isWhole = false }
    }

    private mutating func add(_ frames: FrameCounts, _ sight: Sight, _ interface: InterfaceIndex) {
        let packets = frames.whole.packetCount
        guard packets > 0 else { return }
        guard let known = first[sight] else {
            guard first.count < limit else { return isWhole = false }
            first[sight] = Count(interface: interface, packets: packets)
            return
        }
        guard known.interface != interface else {
            first[sight]?.packets &+= packets
            return
        }
        var others = further[sight] ?? []
        if let place = others.firstIndex(where: { $0.interface == interface }) {
            others[place].packets &+= packets
        } else {
            others.append(Count(interface: interface, packets: packets))
        }
        further[sight] = others
    }

    /// How many packets of one direction of a session came in; `nil` where nobody can say.
    func entering(_ record: SessionRecord, _ counts: DirectionCounts) -> UInt64? {
        let tuple = counts.direction == .original ? record.original : record.reply
        return count(tuple, .ingress, counts.entering?.isSum ?? false)
    }

    /// How many left.
    func leaving(_ record: SessionRecord, _ counts: DirectionCounts) -> UInt64? {
        let tuple = counts.direction == .original ? record.reply.inverse : record.original.inverse
        return count(tuple, .egress, counts.leaving?.isSum ?? false)
    }

    /// The interface that saw most of it saw all, unless each showed a part of the session.
    private func count(_ tuple: FlowKey, _ way: FrameDirection, _ isSum: Bool) -> UInt64? {
        guard isWhole else { return nil }
        let sight = Sight(tuple: tuple.withoutZone, way: way)
        guard let count = first[sight] else { return 0 }
        guard let others = further[sight] else { return count.packets }
        return others.reduce(count.packets) { isSum ? $0.adding($1.packets) : max($0, $1.packets) }
    }
}
