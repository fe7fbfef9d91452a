/// What a capture saw of a session at one tap.
public struct TapLane: Hashable, Sendable {
    /// The interface, and which way packets of the session's original direction pass it.
    public var tap: Tap
    public var original = FrameCounts()
    public var reply = FrameCounts()
    /// The capture may have missed packets: it lost some, a packet's length was not known, or the session is older than the capture.
    public var isLowerBound = false
    /// The VLANs of the session's original direction, and of the reply.
    public var vlans = VLANs()

    @inlinable
    public init(tap: Tap) { self.tap = tap }

    /// When the first packet passed, either way; an error where there was none.
    public var first: Timestamp {
        original.isEmpty ? reply.first : reply.isEmpty ? original.first : min(original.first, reply.first)
    }

    /// When the last one passed.
    public var last: Timestamp { max(original.last, reply.last) }

    /// The number of the VLAN in which packets of a direction pass; `nil` of those without a tag.
    public func vlan(_ direction: FlowDirection) -> UInt16? {
        VLANs.number(direction == .original ? vlans.forward : vlans.backward)
    }

    /// As they passed the interface.
    @inlinable
    public var seen: DirectionalCounters { DirectionalCounters(original: original.seen, reply: reply.seen) }

    /// As conntrack counts them.
    @inlinable
    public var whole: DirectionalCounters { DirectionalCounters(original: original.whole, reply: reply.whole) }

    /// As they were on the wire.
    @inlinable
    public var wire: DirectionalCounters { DirectionalCounters(original: original.wire, reply: reply.wire) }
}

/// The taps at which a session was seen, in the order in which they saw it.
///
/// A session that passes the host is seen where it enters and where it leaves. A capture of every interface of a bridge or a bond
/// sees it more often, and so do those of a host whose answers take another way: such further taps stand behind the two. They lie in an
/// array of their own, as sessions are copied for every event, and where no capture is read none of them has any.
public struct Taps: Hashable, Sendable {
    /// The two, and those further ones that were kept.
    public private(set) var lanes: [TapLane] = []
    /// Taps besides the two, kept or not.
    public var otherCount: UInt32 = 0

    public init() {}

    /// Whether no capture saw the session.
    public var isEmpty: Bool { lanes.isEmpty }

    /// Where it was seen first, and where second. Without the first one the second is that.
    public var first: TapLane? {
        get { lanes.first }
        set { put(newValue, at: 0) }
    }
    public var second: TapLane? {
        get { lanes.count > 1 ? lanes[1] : nil }
        set { put(newValue, at: 1) }
    }

    private mutating func put(_ lane: TapLane?, at place: Int) {
        let isThere = place < lanes.count
        switch lane {
        case let lane? where isThere: lanes[place] = lane
        case let lane?: lanes.append(lane)
        case nil where isThere: lanes.remove(at: place)
        case nil: break
        }
    }

    /// Adds a lane behind the others.
    public mutating func append(_ lane: TapLane) {
        guard lanes.count < 2 else {
            otherCount &+= 1
            return
        }
        lanes.append(lane)
    }

    /// Adds a lane behind the two that outputs show.
    public mutating func appendFurther(_ lane: TapLane) {
        lanes.append(lane)
        otherCount &+= 1
    }

    /// Adds what taps saw of another session that is the same flow.
    public mutating func add(_ other: Taps) {
        otherCount &+= other.otherCount &- UInt32(max(0, other.lanes.count - 2))
        for lane in other.lanes {
            if let place = lanes.firstIndex(where: { $0.tap == lane.tap && $0.vlans.fits(lane.vlans) }) {
                lanes[place].vlans.complete(by: lane.vlans)
                lanes[place].original.add(lane.original)
                lanes[place].reply.add(lane.reply)
                lanes[place].isLowerBound = lanes[place].isLowerBound || lane.isLowerBound
            } else if lanes.count < 2 {
                append(lane)
            } else {
                appendFurther(lane)
            }
        }
    }

    /// What the first tap of each direction saw, as conntrack counts it; `nil` where there is none. That is one tap, but for mirror ports, by
    /// which all comes in, and for answers that take another way.
    public var whole: DirectionalCounters? {
        guard !lanes.isEmpty else { return nil }
        return DirectionalCounters(original: lanes[originalPlace].original.whole, reply: lanes[replyPlace].reply.whole)
    }

    /// Whether these taps missed nothing; `false` where there is none.
    public var isExact: Bool {
        !lanes.isEmpty && !lanes[originalPlace].isLowerBound && !lanes[replyPlace].isLowerBound
    }

    private var originalPlace: Int { lanes.indices.first { !lanes[$0].original.isEmpty } ?? 0 }

    private var replyPlace: Int { lanes.indices.first { !lanes[$0].reply.isEmpty } ?? 0 }

    /// Calls `body` with every interface that is known.
    public func forEachInterface(_ body: (InterfaceIndex) -> Void) {
        for place in lanes.indices where lanes[place].tap.interface != 0 { body(lanes[place].tap.interface) }
    }

    /// The interface by which the session's first direction enters the host; 0 where no tap shows it.
    public var ingress: InterfaceIndex { place(.ingress).map { lanes[$0].tap.interface } ?? 0 }

    /// The interface by which it leaves the host.
    public var egress: InterfaceIndex { place(.egress).map { lanes[$0].tap.interface } ?? 0 }

    /// The VLAN in which it enters the host, or in which it was seen first where the captures do not tell which way packets went; `nil` without a tag.
    public var vlan: UInt16? {
        let place = place(.ingress) ?? lanes.indices.first { lanes[$0].tap.direction == .unknown }
        return place.flatMap { lanes[$0].vlan(.original) ?? lanes[$0].vlan(.reply) }
    }

    /// Whether ``ingress`` is where the answers leave: no packet of the first direction was seen there.
    public var ingressIsMirrored: Bool { place(.ingress).map { lanes[$0].original.isEmpty } ?? false }

    /// Whether ``egress`` is where the answers come in.
    public var egressIsMirrored: Bool { place(.egress).map { lanes[$0].original.isEmpty } ?? false }

    private func place(_ direction: FrameDirection) -> Int? {
        lanes.indices.first { lanes[$0].tap.direction == direction }
    }
}
