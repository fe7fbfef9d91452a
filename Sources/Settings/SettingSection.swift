/// A part of the configuration file.
public enum SettingSection: String, CaseIterable, Sendable {
    case sources
    case table
    case totals
    case events
    case socket
    case limits
    case log

    /// What it is about, in one sentence.
    public var summary: String {
        switch self {
        case .sources: "What is read from the kernel."
        case .table: "What bounds the table of sessions; beyond it the one unused for longest goes, and is counted."
        case .totals:
            "How often the totals of running sessions are read, as conntrack's events carry none before the end."
        case .events: "The stream of events, which nfmon events and other clients read."
        case .socket: "Where the monitor answers."
        case .limits: "What clients may ask of it at most."
        case .log: "What it says on the standard error, which systemd puts into the journal."
        }
    }
}
