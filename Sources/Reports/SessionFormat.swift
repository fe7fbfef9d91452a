/// The ways to write a list of sessions.
public enum SessionFormat: String, CaseIterable, Sendable {
    /// Aligned columns for people, with totals and completeness below.
    case table
    /// One line a session for people.
    case compact
    /// One JSON object: `sessions` and `summary`.
    case json
    /// One JSON object a line; the names are those of the event stream.
    case ndjson
    /// One row a session; the columns are ``CSVText/listColumns``.
    case csv

    /// Whether the text says by itself how complete it is. Where it does not, the caller writes
    /// ``SessionReport/appendSummary(of:into:)`` to stderr.
    public var carriesSummary: Bool { self == .table || self == .json }
}
