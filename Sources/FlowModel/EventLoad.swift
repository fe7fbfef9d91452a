/// What conntrack's events ask of a receive buffer, measured by listening and reading only once a second.
///
/// Sizes are in the terms of SO_RCVBUF; the kernel's own accounting has twice as many bytes.
public struct EventLoad: Sendable {
    /// Events of all the seconds together.
    public var eventCount = 0
    /// What the events of the busiest second took up.
    public var busiestSecond = 0
    /// Messages that found no room, for all that nobody else was asked to wait.
    public var dropCount = 0
    /// The receive buffer that nfmon asks for, and what it gets.
    public var wantedBuffer = 0
    public var buffer = 0
    /// Where the limit of a buffer that was not granted in full (`net.core.rmem_max`) can be changed from.
    public var limitPlace = SettingPlace.elsewhere

    public init() {}
}
