/// What the frames of one flow came to at one tap since the last word of it.
///
/// A flow is a tuple and its inverse as one interface shows them, which may be before or after translation.
public struct FlowObservation: Sendable {
    /// The tuple of the packets that were seen first, or of those that open the connection; no zone.
    public var key: FlowKey
    /// The interface, and which way packets with ``key`` pass it.
    public var tap: Tap
    public var facts = Facts()
    /// The VLANs of packets with ``key``, and of those with its inverse.
    public var vlans = VLANs()
    /// Packets with ``key``.
    public var forward = FrameCounts()
    /// Packets with its inverse.
    public var backward = FrameCounts()

    /// What else the packets told.
    public struct Facts: OptionSet, Sendable {
        public var rawValue: UInt8

        @inlinable
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The flow's first packet opens a TCP connection: SYN without ACK.
        @inlinable public static var opensConnection: Facts { Facts(rawValue: 1 << 0) }
        /// Nobody knows the packets' ports: they are later fragments and the first one was not seen, or were cut in front of them.
        @inlinable public static var portless: Facts { Facts(rawValue: 1 << 1) }
        /// A packet's length is not known, as its header has none: bytes are a lower bound.
        @inlinable public static var lowerBound: Facts { Facts(rawValue: 1 << 2) }
        /// A TCP connection that was closed or reset: no more is to come.
        @inlinable public static var closed: Facts { Facts(rawValue: 1 << 3) }
        /// The first word of this flow, or the first after a pause; without it the counts are more of one that was told before.
        @inlinable public static var isFirst: Facts { Facts(rawValue: 1 << 4) }
    }

    @inlinable
    public init(key: FlowKey, tap: Tap) {
        self.key = key
        self.tap = tap
    }

    /// When its first packet passed.
    @inlinable
    public var first: Timestamp {
        forward.isEmpty ? backward.first : backward.isEmpty ? forward.first : min(forward.first, backward.first)
    }

    /// When its last packet passed.
    @inlinable
    public var last: Timestamp { max(forward.last, backward.last) }
}
