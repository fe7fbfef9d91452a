import FlowModel

/// A flow in the table: what came since it was told last, and what else the table must know of it.
///
/// It takes 128 bytes. What packets of the first direction need comes last: a large array of Swift's begins 16 bytes before a cache
/// line, so that this lies in two lines and not in three.
struct FlowEntry {
    private var backward = PlainCounts()
    /// Where what is no ``PlainCounts`` is counted.
    var odd = OddCounts.none
    /// What the times of its counts are counted from; where there are none, when its last packet passed.
    private var base = Timestamp(nanoseconds: 0)
    private(set) var key = FlowKey.empty
    private(set) var tap = Tap(interface: 0, direction: .unknown)
    /// Empty of an unused place.
    var state = State()
    var facts = FlowObservation.Facts()
    /// The VLANs of both ways, each where there is room for it.
    private var forwardVLAN = VLANs.unknown
    private var backwardVLAN = VLANs.unknown
    private var forward = PlainCounts()

    /// Nanoseconds by which a packet may be older than the first one that was counted.
    private static var leeway: Int64 { 200_000_000 }
    /// Nanoseconds after which a flow without packets begins anew. Of a closed one nothing more is to come but what is sent again.
    private static var idleTime: Int64 { 60_000_000_000 }
    private static var closedTime: Int64 { 5_000_000_000 }

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

    /// Whether it has packets to tell, is listed for that, and is of no connection that ends: a usual packet only adds to its numbers.
    ///
    /// Nor is it forgotten where such a packet can be counted to it: the time since what its times are counted from then fits into 32 bits,
    /// 4.3 s.
    @inline(__always)
    var isUnderWay: Bool { state == [.used, .changed, .listed] }

    /// Whether it is over.
    var isClosed: Bool { state.contains(.reset) || state.isSuperset(of: [.finForward, .finBackward]) }

    /// When its last packet passed.
    var lastUsed: Timestamp { Timestamp(nanoseconds: base.nanoseconds &+ Int64(max(forward.last, backward.last))) }

    /// Something of each of the cache lines.
    var ahead: UInt64 { UInt64(bitPattern: base.nanoseconds) &+ UInt64(forward.first) }

    /// Whether a flow that was told before had packets since a time, so that it is not ending, and has gathered for less than so
    /// many nanoseconds.
    @inline(__always)
    func gathers(at recent: Timestamp, for time: Int64) -> Bool {
        // The clock may have been set back meanwhile.
        let waited = recent.nanoseconds(since: base).magnitude
        return lastUsed > recent && waited < time.magnitude && facts.isDisjoint(with: [.isFirst, .closed])
    }

    /// Whether no packet came for so long that one which passes at `time` begins the flow anew, be it still in the table or not.
    @inline(__always)
    func isForgotten(at time: Timestamp) -> Bool {
        let idle = time.nanoseconds(since: lastUsed)
        return idle > Self.closedTime && (idle > Self.idleTime || isClosed)
    }

    /// Whether a packet goes with the flow or against it; `nil` where it is of another one.
    @inline(__always)
    func isForward(_ packet: borrowing FramePacket) -> Bool? {
        guard tap.interface == packet.tap.interface else { return nil }
        if tap.direction == packet.tap.direction, key == packet.key {
            return VLANs.fits(packet.vlan, forwardVLAN) ? true : nil
        }
        guard tap.direction == packet.tap.direction.opposite, key.answers(packet.key) else { return nil }
        return VLANs.fits(packet.vlan, backwardVLAN) ? false : nil
    }

    /// Whether a usual packet (``FramePacket/isUsual``), which goes that way if it is of this flow, is.
    ///
    /// It tells what ``isForward(_:)`` does: as the ways of both are known, a packet of the flow goes forward if it passes the tap as the flow does.
    @inline(__always)
    func isFlow(of packet: borrowing FramePacket, isForward: Bool) -> Bool {
        guard tap.interface == packet.tap.interface, tap.direction != .unknown,
            key.matches(ported: packet.key, isBack: !isForward)
        else { return false }
        return VLANs.fits(packet.vlan, isForward ? forwardVLAN : backwardVLAN)
    }

    /// Begins a flow with its first packet.
    ///
    /// Who answers did not begin: the tuple is that of the packets which the answer is for.
    mutating func begin(with packet: borrowing FramePacket) {
        state = state.contains(.listed) ? [.used, .listed] : .used
        base = packet.time
        (forward, backward) = (PlainCounts(), PlainCounts())
        (key, tap) = (packet.key, packet.tap)
        (forwardVLAN, backwardVLAN) = (VLANs.unknown, VLANs.unknown)
        facts = .isFirst
        let marks = packet.marks
        if marks.isOpeningAnswer || (key.isICMPAnswer && !marks.contains(.portless)) {
            key = packet.key.inverse
            tap.direction = packet.tap.direction.opposite
        } else if marks.isOpening {
            facts.insert(.opensConnection)
        }
        if marks.contains(.portless) || marks.contains(.laterFragment) && key.sourcePort | key.destinationPort == 0 {
            facts.insert(.portless)
        }
    }

    /// Counts a packet, or only notes it where it is counted among the ``OddCounts``.
    ///
    /// - Returns: `false`, and nothing was done, where what was counted so far must be told first.
    @inline(__always)
    mutating func count(_ packet: borrowing FramePacket, isForward: Bool, isPlain: Bool) -> Bool {
        if !state.contains(.changed) {
            base = Timestamp(nanoseconds: packet.time.nanoseconds &- Self.leeway)
            (forward.last, backward.last) = (0, 0)
        }
        let passed = packet.time.nanoseconds(since: base)
        let isFull = isForward ? forward.isFull : backward.isFull
        guard passed >= 0, passed <= Int64(UInt32.max), !isFull else { return false }
        let time = UInt32(truncatingIfNeeded: passed)
        state.insert(.changed)
        if isForward {
            if forwardVLAN == VLANs.unknown { forwardVLAN = packet.vlan }
        } else if backwardVLAN == VLANs.unknown {
            backwardVLAN = packet.vlan
        }
        if !isPlain {
            if isForward { forward.last = max(forward.last, time) } else { backward.last = max(backward.last, time) }
        } else if isForward {
            forward.count(packet, at: time)
        } else {
            backward.count(packet, at: time)
        }
        let marks = packet.marks
        guard !marks.isDisjoint(with: [.fin, .reset, .lowerBound]) else { return true }
        if marks.contains(.lowerBound) { facts.insert(.lowerBound) }
        if marks.contains(.error) { return true }
        if marks.contains(.reset) { state.insert(.reset) }
        if marks.contains(.fin) { state.insert(isForward ? .finForward : .finBackward) }
        if isClosed { facts.insert(.closed) }
        return true
    }

    /// Puts down what was counted, without the ``OddCounts``, as that of a flow of ``key`` and ``tap`` that has nothing yet.
    @inline(__always)
    func tell(_ flow: inout FlowObservation) {
        flow.facts = facts
        flow.vlans = VLANs(forward: forwardVLAN, backward: backwardVLAN)
        forward.tell(&flow.forward, since: base)
        backward.tell(&flow.backward, since: base)
    }

    /// It was told: counting begins anew.
    mutating func clear() {
        base = lastUsed
        state.remove(.changed)
        (forward, backward) = (PlainCounts(), PlainCounts())
        facts.subtract([.isFirst, .lowerBound])
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
