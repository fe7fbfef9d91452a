/// What readers of the event stream get.
public struct EventSettings: Equatable, Sendable {
    /// Bytes of events that are kept for readers that come back or fall behind.
    public var history = 64 << 20
    /// Nanoseconds without an event after which a reader is sent a heartbeat.
    public var heartbeat: UInt64 = 10_000_000_000

    public init() {}
}
