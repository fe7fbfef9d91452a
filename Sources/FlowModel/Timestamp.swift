/// A point in time: nanoseconds since 1970-01-01T00:00:00Z, as the kernel's CLOCK_REALTIME tells it.
///
/// It can step when the clock is set; intervals are measured with ``ReceiveTime/monotonic``.
public struct Timestamp: Hashable, Comparable, Sendable {
    public var nanoseconds: Int64

    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    @inlinable
    public init(seconds: Int64, nanoseconds: Int64) {
        self.nanoseconds = seconds &* 1_000_000_000 &+ nanoseconds
    }

    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    /// After every moment that can be told.
    public static var distantFuture: Timestamp { Timestamp(nanoseconds: .max) }

    /// Nanoseconds from `earlier` to here; negative where the clock stepped back.
    @inlinable
    public func nanoseconds(since earlier: Timestamp) -> Int64 { nanoseconds &- earlier.nanoseconds }
}

/// When a batch was received, by both clocks.
public struct ReceiveTime: Sendable {
    /// CLOCK_REALTIME: what outputs show.
    public var wall: Timestamp
    /// CLOCK_MONOTONIC in nanoseconds: what intervals are measured with. In a replay, the recording's own time.
    public var monotonic: UInt64

    @inlinable
    public init(wall: Timestamp, monotonic: UInt64) {
        self.wall = wall
        self.monotonic = monotonic
    }
}
