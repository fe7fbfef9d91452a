/// What bounds the session table.
public struct TableSettings: Equatable, Sendable {
    /// Sessions altogether; 1 or more.
    public var maximumSessions = 4_194_304
    /// Sessions that only packets told of; 1 or more.
    public var maximumPacketSessions = 65_536
    /// Sessions of denied attempts; 1 or more.
    public var maximumDeniedSessions = 65_536
    /// Nanoseconds after which a session that only packets told of ends for want of packets.
    public var packetIdle: UInt64 = 120_000_000_000

    public init() {}
}
