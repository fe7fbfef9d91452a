/// What a client may ask of the server at most.
public struct ServerLimits: Equatable, Sendable {
    /// Connections at the same time, on all addresses together.
    public var connections = 256
    /// Readers of the event stream at the same time.
    public var eventReaders = 64
    /// Bytes of all header fields of a request.
    public var headerSize = 16 << 10
    /// Nanoseconds in which a request must have come whole, and after which an idle connection is closed.
    public var idle: UInt64 = 30_000_000_000
    /// Nanoseconds after which a reader that takes nothing is closed.
    public var stall: UInt64 = 600_000_000_000

    public init() {}
}
