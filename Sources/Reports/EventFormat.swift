/// The ways to write the event stream.
public enum EventFormat: String, CaseIterable, Sendable {
    /// One JSON object a line, with the names of the Elastic Common Schema.
    case ndjson
    /// One aligned line for people.
    case compact
    /// One row an event; the columns are ``CSVText/eventColumns``.
    case csv
    /// One JSON array of the objects that ``ndjson`` has.
    case json
}
