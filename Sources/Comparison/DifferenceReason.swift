/// Why two lanes tell different amounts of one session.
public enum DifferenceReason: String, CaseIterable, Sendable {
    /// Nobody knows.
    case unexplained
}
