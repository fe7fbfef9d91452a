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
