import FlowModel

/// What the packets of flows come to that are more or less than one on the wire, fragments, aggregates, or errors: a place for each flow
/// that had some since it was told last.
struct OddCounts {
    /// What a flow without any has.
    static let none = UInt32.max

    struct Pair {
        var forward = FrameCounts()
        var backward = FrameCounts()
    }

    private var pairs: [Pair] = []
    private var free: [UInt32] = []

    /// Counts a packet of a flow.
    ///
    /// - Parameter place: the flow's; given where it has none.
    mutating func count(_ packet: borrowing FramePacket, isForward: Bool, at place: inout UInt32) {
        if place == Self.none { place = insert() }
        if isForward { pairs[Int(place)].forward.count(packet) } else { pairs[Int(place)].backward.count(packet) }
    }

    /// Takes a flow's counts out, which has none then.
    mutating func take(_ place: inout UInt32) -> Pair? {
        guard place != Self.none else { return nil }
        defer {
            pairs[Int(place)] = Pair()
            free.append(place)
            place = Self.none
        }
        return pairs[Int(place)]
    }

    private mutating func insert() -> UInt32 {
        if let place = free.popLast() { return place }
        pairs.append(Pair())
        return UInt32(pairs.count - 1)
    }
}

extension FrameCounts {
    fileprivate mutating func count(_ packet: borrowing FramePacket) {
        first = isEmpty ? packet.time : min(first, packet.time)
        last = max(last, packet.time)
        guard !packet.marks.contains(.error) else {
            errorCount &+= 1
            return
        }
        seen = seen + Counters(packetCount: 1, byteCount: UInt64(packet.byteCount))
        let isPart = packet.marks.contains(.laterFragment)
        whole = whole + Counters(packetCount: isPart ? 0 : 1, byteCount: UInt64(packet.wholeByteCount))
        wire = wire + packet.wire
        headerByteCount &+= UInt64(packet.headerByteCount)
        if packet.marks.contains(.aggregate) { aggregateCount &+= 1 }
        if packet.marks.contains(.unsplit) { unsplitCount &+= 1 }
        if packet.marks.contains(.fragment) { fragmentCount &+= 1 }
    }
}
