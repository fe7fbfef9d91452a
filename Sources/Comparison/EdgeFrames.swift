public import FlowModel

/// What captures saw while conntrack's counters were read: from the beginning on, or when the comparison was over.
///
/// The two cannot be read at one moment. What conntrack had counted before the first look, or counted after the end, is among these
/// packets, or has another reason.
public struct EdgeFrames: Sendable {
    private struct Place: Hashable {
        var tuple: FlowKey
        var way: FrameDirection
        var interface: InterfaceIndex
    }

    /// Tuples that are kept at most, some 100 bytes each: whoever floods the host makes new ones.
    public static var defaultLimit: Int { 1_000_000 }

    private let limit: Int
    private var counts: [Place: UInt64] = [:]
    /// The interfaces that saw any.
    private var interfaces: Set<InterfaceIndex> = []
    /// Whether all found room.
    private var isWhole = true

    /// - Parameter limit: tuples that are kept at most, by interface and way.
    public init(limit: Int = defaultLimit) { self.limit = limit }

    /// Takes in what a batch of a capture's says.
    public mutating func add(_ batch: ObservationBatch) {
        for flow in batch.flows {
            let tap = flow.tap
            add(flow.forward, Place(tuple: flow.key, way: tap.direction, interface: tap.interface))
            add(
                flow.backward,
                Place(tuple: flow.key.inverse, way: tap.direction.opposite, interface: tap.interface))
        }
    }

    private mutating func add(_ frames: FrameCounts, _ place: Place) {
        guard frames.whole.packetCount > 0 else { return }
        guard counts.count < limit || counts[place] != nil else {
            isWhole = false
            return
        }
        counts[place, default: 0] &+= frames.whole.packetCount
        interfaces.insert(place.interface)
    }

    /// How many packets of one direction of a session came in; `nil` where nobody can say.
    func entering(_ record: SessionRecord, _ direction: FlowDirection) -> UInt64? {
        count(direction == .original ? record.original : record.reply, .ingress)
    }

    /// How many left.
    func leaving(_ record: SessionRecord, _ direction: FlowDirection) -> UInt64? {
        count(direction == .original ? record.reply.inverse : record.original.inverse, .egress)
    }

    /// A bridge and its port see the same packets: the one that saw most saw all.
    private func count(_ tuple: FlowKey, _ way: FrameDirection) -> UInt64? {
        guard isWhole else { return nil }
        return interfaces.map { counts[Place(tuple: tuple.withoutZone, way: way, interface: $0)] ?? 0 }.max() ?? 0
    }
}
