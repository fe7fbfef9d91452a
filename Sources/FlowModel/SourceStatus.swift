/// How a source of the monitor is.
public struct SourceStatus: Equatable, Sendable {
    public enum State: Equatable, Sendable {
        /// It reads, since then.
        case up(since: Timestamp)
        /// It cannot be opened or has failed: since when, why, and when it is tried again.
        case down(since: Timestamp, reason: String, retryAt: Timestamp?)
        /// It is not wanted.
        case off

        /// The word that outputs use.
        public var keyword: String {
            switch self {
            case .up: "up"
            case .down: "down"
            case .off: "off"
            }
        }
    }

    /// What it reads, in words: `conntrack`, `NFLOG group 100`, `links`.
    public var name: String
    public var state: State
    /// How often it has been opened again after it had failed.
    public var restartCount: UInt64 = 0

    public init(name: String, state: State) {
        self.name = name
        self.state = state
    }
}
