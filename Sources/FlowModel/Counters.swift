/// Packets and bytes of one direction; bytes count from the IP header on, as netfilter counts them.
public struct Counters: Hashable, Sendable {
    public var packetCount: UInt64
    public var byteCount: UInt64

    @inlinable
    public init(packetCount: UInt64 = 0, byteCount: UInt64 = 0) {
        self.packetCount = packetCount
        self.byteCount = byteCount
    }

    /// Adds, wrapping at 2^64: a counter from the kernel may hold any value.
    @inlinable
    public static func + (left: Counters, right: Counters) -> Counters {
        Counters(
            packetCount: left.packetCount &+ right.packetCount, byteCount: left.byteCount &+ right.byteCount)
    }
}

/// The two directions' counters of one session in one lane.
public struct DirectionalCounters: Hashable, Sendable {
    /// Packets that went the way of the first one.
    public var original: Counters
    /// Packets that went back.
    public var reply: Counters

    @inlinable
    public init(original: Counters = Counters(), reply: Counters = Counters()) {
        self.original = original
        self.reply = reply
    }

    /// Both directions together.
    @inlinable
    public var total: Counters { original + reply }

    /// Adds direction by direction.
    @inlinable
    public static func + (left: DirectionalCounters, right: DirectionalCounters) -> DirectionalCounters {
        DirectionalCounters(original: left.original + right.original, reply: left.reply + right.reply)
    }
}

/// The way a packet of a session goes: with its first packet, or against it.
public enum FlowDirection: UInt8, Sendable {
    case original = 0
    case reply = 1

    @inlinable
    public var opposite: FlowDirection { self == .original ? .reply : .original }
}
