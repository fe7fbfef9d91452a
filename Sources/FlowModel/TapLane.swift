/// What a capture saw of a session at one tap.
public struct TapLane: Hashable, Sendable {
    /// The interface, and which way packets of the session's original direction pass it.
    public var tap: Tap
    public var original = FrameCounts()
    public var reply = FrameCounts()
    /// The capture may have missed packets: it lost some, a packet's length was not known, or the session is older than the capture.
    public var isLowerBound = false

    @inlinable
    public init(tap: Tap) { self.tap = tap }

    /// When the first packet passed, either way; an error where there was none.
    public var first: Timestamp {
        original.isEmpty ? reply.first : reply.isEmpty ? original.first : min(original.first, reply.first)
    }

    /// When the last one passed.
    public var last: Timestamp { max(original.last, reply.last) }

    /// What was taken for the answer is the first direction after all.
    public mutating func swapDirections() {
        swap(&original, &reply)
        tap.direction = tap.direction.opposite
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

/// The taps at which a session was seen, in the order in which they saw it; of fixed size, as sessions are copied for every event.
///
/// A session that passes the host is seen where it enters and where it leaves. A capture of every interface of a bridge or a bond
/// sees it more often: those further taps are only counted.
public struct Taps: Hashable, Sendable {
    public var first: TapLane?
    public var second: TapLane?
    /// Taps besides the two.
    public var otherCount: UInt32 = 0

    @inlinable
    public init() {}

    /// Whether no capture saw the session.
    @inlinable
    public var isEmpty: Bool { first == nil }

    /// The lanes that there are.
    public var lanes: [TapLane] { [first, second].compactMap(\.self) }

    /// Calls `body` with every interface that is known.
    @inlinable
    public func forEachInterface(_ body: (InterfaceIndex) -> Void) {
        if let first, first.tap.interface != 0 { body(first.tap.interface) }
        if let second, second.tap.interface != 0 { body(second.tap.interface) }
    }

    /// The interface by which the session's first direction enters the host; 0 where no tap shows it.
    @inlinable
    public var ingress: InterfaceIndex { lane(.ingress)?.tap.interface ?? 0 }

    /// The interface by which it leaves the host.
    @inlinable
    public var egress: InterfaceIndex { lane(.egress)?.tap.interface ?? 0 }

    /// Whether ``ingress`` is where the answers leave: no packet of the first direction was seen there.
    @inlinable
    public var ingressIsMirrored: Bool { lane(.ingress)?.original.isEmpty ?? false }

    /// Whether ``egress`` is where the answers come in.
    @inlinable
    public var egressIsMirrored: Bool { lane(.egress)?.original.isEmpty ?? false }

    @inlinable
    func lane(_ direction: FrameDirection) -> TapLane? {
        if let first, first.tap.direction == direction { return first }
        if let second, second.tap.direction == direction { return second }
        return nil
    }

    /// Adds a lane behind the others.
    public mutating func append(_ lane: TapLane) {
        if first == nil {
            first = lane
        } else if second == nil {
            second = lane
        } else {
            otherCount &+= 1
        }
    }
}
