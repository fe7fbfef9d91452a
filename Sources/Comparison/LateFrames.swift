public import FlowModel

/// What captures saw when the comparison was over and conntrack's counters were still read.
///
/// The two cannot be read at one moment. What conntrack counted more than was captured until the end is among these packets, or has another
/// reason.
public struct LateFrames: Sendable {
    private struct Place: Hashable {
        var tuple: FlowKey
        var way: FrameDirection
        var interface: InterfaceIndex
    }

    private var counts: [Place: UInt64] = [:]
    /// The interfaces that saw any.
    private var interfaces: Set<InterfaceIndex> = []
    /// Whether none was lost.
    private var isWhole = true

    public init() {}

    /// Takes in what a batch of a capture's says.
    public mutating func add(_ batch: ObservationBatch) {
        for flow in batch.flows {
            let tap = flow.tap
            add(flow.forward, Place(tuple: flow.key, way: tap.direction, interface: tap.interface))
            add(
                flow.backward,
                Place(tuple: flow.key.inverse, way: tap.direction.opposite, interface: tap.interface))
        }
        for case .loss in batch.others { isWhole = false }
    }

    private mutating func add(_ frames: FrameCounts, _ place: Place) {
        guard frames.whole.packetCount > 0 else { return }
        counts[place, default: 0] &+= frames.whole.packetCount
        interfaces.insert(place.interface)
    }

    /// How many packets of one direction of a session came in; `nil` where some were lost.
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
