/// Where in the event stream a reader begins.
public enum EventPlace: Equatable, Sendable {
    /// With the next event.
    case now
    /// Behind the event with this number; with the name of the stream that the number belongs to, if it is known.
    case after(UInt64, epoch: String? = nil)
    /// With the sessions that are there, told as starts that are marked initial; then the stream, without a gap or a double.
    case initial
}

/// Why a reader cannot begin where it wants to.
public enum EventPlaceFault: Error, Equatable, CustomStringConvertible {
    /// The number belongs to another start of the monitor.
    case anotherEpoch(current: String)
    /// No event has that number yet.
    case notYetTold(next: UInt64)
    /// Many readers are told the sessions that are there already.
    case manyBegin

    public var description: String {
        switch self {
        case .anotherEpoch(let current):
            """
            the number belongs to another start of the monitor, whose events are gone: begin anew, with the sessions that \
            are there; the epoch is \(current) now
            """
        case .notYetTold(let next):
            "no event has that number yet, the next one gets \(next): begin with the sessions that are there"
        case .manyBegin: "many readers are told the sessions that are there: ask again in a moment"
        }
    }
}
