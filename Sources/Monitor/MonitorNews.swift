/// What befalls a monitor that its operator should know: whoever made the monitor writes it to the log.
public enum MonitorNews: Equatable, Sendable {
    /// A source reads: for the first time or again, and after how many nanoseconds in which it did not.
    case sourceIsUp(name: String, again: Bool, after: UInt64?)
    /// A source cannot be opened, or failed, and why; told once for each reason, however often it is tried again.
    case sourceIsDown(name: String, reason: String)
    /// A source reads, and something about it is not as it should be.
    case warning(source: String, String)
    /// Something about the host makes answers less than they could be; with its cure.
    case note(String)
}
