public import FlowModel
public import Query

/// An answer to a question about live sessions: the sessions, and how sure they are.
public struct SessionAnswer: Sendable {
    public var sessions: SessionRanking
    /// The groups that were asked for instead of single sessions, which then are none.
    public var groups: GroupRanking?
    /// What is known to be missing.
    public var summary: TableSummary
    public var names: NameBook
    /// How full conntrack's table was, `nil` where nobody looked.
    public var fill: TableFill?
    /// When the question was answered; ages are counted to it.
    public var now: Timestamp
    /// The same moment by the clock of ``SessionRecord/countersReadAt``; `nil` where nobody knows it, nor how old figures are.
    public var monotonicNow: UInt64?
    /// Since when losses would have been noticed; `nil` for a single look at the kernel's table.
    public var watchedSince: Timestamp?
    /// The filter that chose the sessions, as the user wrote it; `nil` where all were meant.
    public var filter: String?
    /// The filter that chose the groups; `nil` where all were meant.
    public var having: String?
    /// Sessions that lack what the filter asks of them, so that nobody knows whether they are meant.
    public var unjudgedCount: Int
    /// What else the reader must know, each with its cure; plain sentences.
    public var notes: [String]

    public init(
        sessions: SessionRanking, groups: GroupRanking? = nil, summary: TableSummary, names: NameBook, now: Timestamp,
        watchedSince: Timestamp? = nil, filter: String? = nil, having: String? = nil,
        unjudgedCount: Int = 0, notes: [String] = []
    ) {
        self.sessions = sessions
        self.groups = groups
        self.having = having
        self.summary = summary
        self.names = names
        self.now = now
        self.watchedSince = watchedSince
        self.filter = filter
        self.unjudgedCount = unjudgedCount
        self.notes = notes
    }

    /// What all sessions that are meant come to, shown or not.
    var totals: SelectionTotals { groups?.totals ?? sessions.totals }

    /// Nanoseconds since the oldest reading of a running session's counters among ``totals``; `nil` where there is none.
    var countersAge: UInt64? {
        guard let monotonicNow, let oldest = totals.oldestReading else { return nil }
        return monotonicNow > oldest ? monotonicNow - oldest : 0
    }
}
