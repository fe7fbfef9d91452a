/// What one call of ``EventReader/read(atMost:events:into:)`` brought.
public struct EventReading: Equatable, Sendable {
    /// Events that were written, those that tell of losses included.
    public var eventCount = 0
    /// Events that the reader was too slow for; an event in the text tells of them.
    public var lostCount: UInt64 = 0
    /// Whether there is nothing more now: the reader is told when there is.
    public var isAtEnd = false
    /// Whether there is nothing more for ever, as the monitor ends.
    public var isEnded = false
    /// Whether it is over as the reader took nothing for so long that another one is told the sessions in its place.
    public var isGivenUp = false
    /// The number behind which a reader that comes back goes on; `nil` before the first event, and while the sessions that were
    /// there first are not all told.
    public var lastSequence: UInt64?

    public init() {}
}
