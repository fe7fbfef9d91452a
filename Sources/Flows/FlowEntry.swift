import FlowModel

/// A flow in the table: what came since it was told last, and what else the table must know of it.
struct FlowEntry {
    /// 0 of an unused place.
    var state = State()
    var hash: UInt32 = 0
    /// When its last packet passed.
    var lastUsed = Timestamp(nanoseconds: 0)
    var flow = FlowObservation(key: .empty, tap: Tap(interface: 0, direction: .unknown))

    struct State: OptionSet {
        var rawValue: UInt8

        static var used: State { State(rawValue: 1 << 0) }
        /// Something came since it was told last.
        static var changed: State { State(rawValue: 1 << 1) }
        /// The place stands in the list of those that changed.
        static var listed: State { State(rawValue: 1 << 2) }
        /// A FIN went either way; a connection is closed when both sides sent theirs.
        static var finForward: State { State(rawValue: 1 << 3) }
        static var finBackward: State { State(rawValue: 1 << 4) }
        static var reset: State { State(rawValue: 1 << 5) }

        static var ended: State { [.finForward, .finBackward, .reset] }
    }

    /// Whether the connection is over, or one side of it.
    var isEnding: Bool { !state.isDisjoint(with: .ended) }

    /// Whether it is over.
    var isClosed: Bool { state.contains(.reset) || state.isSuperset(of: [.finForward, .finBackward]) }

    /// Nanoseconds after which a flow without packets begins anew. Of a closed one nothing more is to come but what is sent again.
    private static var idleTime: Int64 { 60_000_000_000 }
    private static var closedTime: Int64 { 5_000_000_000 }

    /// Whether no packet came for so long that one which passes at `time` begins the flow anew, be it still in the table or not.
    @inline(__always)
    func isForgotten(at time: Timestamp) -> Bool {
        let idle = time.nanoseconds(since: lastUsed)
        return idle > Self.closedTime && (idle > Self.idleTime || isClosed)
    }

    /// Begins a flow with its first packet.
    ///
    /// Who answers did not begin: the tuple is that of the packets which the answer is for.
    mutating func begin(with packet: borrowing FramePacket, hash: UInt32) {
        let isListed = state.contains(.listed)
        state = isListed ? [.used, .listed] : .used
        self.hash = hash
        let (key, marks) = (packet.key, packet.marks)
        flow = FlowObservation(key: key, tap: packet.tap)
        flow.facts = .isFirst
        if marks.isOpeningAnswer || (key.isICMPAnswer && !marks.contains(.portless)) {
            flow.key = key.inverse
            flow.tap.direction = packet.tap.direction.opposite
        } else if marks.isOpening {
            flow.facts.insert(.opensConnection)
        }
        if marks.contains(.portless) || marks.contains(.laterFragment) && key.sourcePort | key.destinationPort == 0 {
            flow.facts.insert(.portless)
        }
    }

    /// Counts a packet.
    @inline(__always)
    mutating func count(_ packet: borrowing FramePacket, isForward: Bool) {
        state.insert(.changed)
        lastUsed = packet.time
        if isForward { flow.forward.count(packet) } else { flow.backward.count(packet) }
        if packet.marks.contains(.lowerBound) { flow.facts.insert(.lowerBound) }
        guard !packet.marks.isDisjoint(with: [.fin, .reset]), !packet.marks.contains(.error) else { return }
        if packet.marks.contains(.reset) { state.insert(.reset) }
        if packet.marks.contains(.fin) { state.insert(isForward ? .finForward : .finBackward) }
        if isClosed { flow.facts.insert(.closed) }
    }

    /// It was told: counting begins anew.
    mutating func clear() {
        state.subtract([.changed, .listed])
        flow.forward = FrameCounts()
        flow.backward = FrameCounts()
        flow.facts.subtract([.isFirst, .lowerBound])
    }
}

extension FrameCounts {
    @inline(__always)
    fileprivate mutating func count(_ packet: borrowing FramePacket) {
        first = isEmpty ? packet.time : min(first, packet.time)
        last = max(last, packet.time)
        guard packet.marks.isDisjoint(with: [.error, .aggregate, .unsplit, .fragment]) else {
            return countOther(packet)
        }
        seen.packetCount &+= 1
        seen.byteCount &+= UInt64(packet.byteCount)
        whole.packetCount &+= 1
        whole.byteCount &+= UInt64(packet.wholeByteCount)
        wire = wire + packet.wire
        headerByteCount &+= UInt64(packet.headerByteCount)
    }

    private mutating func countOther(_ packet: borrowing FramePacket) {
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

extension FlowKey {
    /// Whether the packet answers a query of ICMP.
    fileprivate var isICMPAnswer: Bool {
        guard transport.isICMP else { return false }
        switch family {
        case .ipv4: return [0, 14, 16, 18].contains(icmpType)
        case .ipv6: return [129, 140].contains(icmpType)
        }
    }
}
