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
        /// Those of the first moment, and of later ones in their order.
        private var moment: Moment
        private var further: [Moment] = []

        init(_ interface: InterfaceIndex, _ packets: UInt64, at time: Timestamp) {
            self.interface = interface
            moment = Moment(begin: time, packets: packets)
        }

        mutating func add(_ packets: UInt64, at time: Timestamp) {
            let last = further.last ?? moment
            // The more has passed, the coarser: however long conntrack's table takes, there are not many.
            let gap = max(Moment.least, last.begin.nanoseconds(since: moment.begin) / 16)
            if time.nanoseconds(since: last.begin) > gap {
                further.append(Moment(begin: time, packets: packets))
            } else if further.isEmpty {
                moment.add(packets, at: time)
            } else {
                further[further.count - 1].add(packets, at: time)
            }
        }

        /// How many came until then, and in the moment that was then, so up to a second later; all, where it is `nil`.
        func packets(until time: Timestamp?) -> UInt64 {
            further.reduce(moment.packets(until: time)) { $0.adding($1.packets(until: time)) }
        }
    }

    /// Packets that were told of together, as if all had come with the first: a live capture tells of a flow once a second, so that the last of
    /// them may have come a second later.
    private struct Moment {
        /// Nanoseconds.
        static let least: Int64 = 1_000_000

        var begin: Timestamp
        var packets: UInt64

        mutating func add(_ packets: UInt64, at time: Timestamp) {
            begin = min(begin, time)
            self.packets = self.packets.adding(packets)
        }

        func packets(until time: Timestamp?) -> UInt64 {
            if let time, begin > time { return 0 }
            return packets
        }
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
        // Nothing else of it: whoever held its moments would have them copied with each that is added.
        guard let known = first[sight]?.interface else {
            guard first.count < limit else { return isWhole = false }
            first[sight] = Count(interface, packets, at: frames.first)
            return
        }
        guard known != interface else {
            first[sight]?.add(packets, at: frames.first)
            return
        }
        if let place = further[sight]?.firstIndex(where: { $0.interface == interface }) {
            further[sight]?[place].add(packets, at: frames.first)
        } else {
            further[sight, default: []].append(Count(interface, packets, at: frames.first))
        }
    }

    /// How many packets of one direction of a session came in, until a time if that is said, or up to a second later; `nil` where nobody can
    /// say.
    func entering(_ record: SessionRecord, _ counts: DirectionCounts, until time: Timestamp? = nil) -> UInt64? {
        let tuple = counts.direction == .original ? record.original : record.reply
        return count(tuple, .ingress, counts.entering?.isSum ?? false, time)
    }

    /// How many left.
    func leaving(_ record: SessionRecord, _ counts: DirectionCounts, until time: Timestamp? = nil) -> UInt64? {
        let tuple = counts.direction == .original ? record.reply.inverse : record.original.inverse
        return count(tuple, .egress, counts.leaving?.isSum ?? false, time)
    }

    /// The interface that saw most of it saw all, unless each showed a part of the session.
    private func count(_ tuple: FlowKey, _ way: FrameDirection, _ isSum: Bool, _ time: Timestamp?) -> UInt64? {
        guard isWhole else { return nil }
        let sight = Sight(tuple: tuple.withoutZone, way: way)
        guard let count = first[sight] else { return 0 }
        let packets = count.packets(until: time)
        guard let others = further[sight] else { return packets }
        return others.map { $0.packets(until: time) }.reduce(packets) { isSum ? $0.adding($1) : max($0, $1) }
    }
}
