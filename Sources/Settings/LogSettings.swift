/// What the monitor says on the standard error.
public struct LogSettings: Equatable, Sendable {
    public enum Level: String, CaseIterable, Sendable {
        case debug
        case info
        case warning
        case error
    }

    public enum Format: String, CaseIterable, Sendable {
        /// A line for people, and for the journal.
        case text
        /// A JSON object a line.
        case json
    }

    public var level = Level.info
    public var format = Format.text

    public init() {}
}
