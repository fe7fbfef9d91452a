/// What the monitor says of itself: its sources, what it knows to be missing, what it costs.
public struct MonitorStatus: Sendable {
    public var version: String
    public var processID: Int32
    /// When the monitor started.
    public var startedAt: Timestamp
    /// When this was asked.
    public var now: Timestamp
    public var sources: [SourceStatus] = []
    /// How complete the table is.
    public var summary = TableSummary()
    /// The most sessions that the table holds.
    public var tableLimit = 0
    public var stream = StreamStatus()
    public var totals = TotalsStatus()
    public var cost = ProcessCost()
    /// What about the host makes answers less than they could be, each with its cure.
    public var notes: [String] = []

    public init(version: String, processID: Int32, startedAt: Timestamp, now: Timestamp) {
        self.version = version
        self.processID = processID
        self.startedAt = startedAt
        self.now = now
    }
}

/// The event stream of a monitor.
public struct StreamStatus: Equatable, Sendable {
    /// The stream's name: sequence numbers of another start of the monitor belong to another stream.
    public var epoch = ""
    /// The number that the next event gets; as many were told since the start.
    public var nextSequence: UInt64 = 0
    /// The number of the oldest event that is kept.
    public var oldestSequence: UInt64 = 0
    /// Events a second, lately; `nil` before that is known.
    public var eventsPerSecond: Double?
    /// Bytes that the kept events take, and may take.
    public var byteCount = 0
    public var byteLimit = 0
    /// Readers connected now.
    public var readerCount = 0
    /// Events that readers were too slow for, over all of them.
    public var lostByReaders: UInt64 = 0

    public init() {}
}

/// How the totals of running sessions are kept fresh.
public struct TotalsStatus: Equatable, Sendable {
    /// Nanoseconds between the beginnings of the last two dumps; 0 before there were two.
    public var interval: UInt64 = 0
    /// Nanoseconds that the last dump took, and how much of it was processor time.
    public var dumpDuration: UInt64 = 0
    public var dumpProcessorTime: UInt64 = 0
    /// Nanoseconds of processor time that all dumps took.
    public var processorTime: UInt64 = 0
    /// When the last whole dump was begun: what it told is no older.
    public var lastDumpAt: Timestamp?

    public init() {}
}

/// What a process has used.
public struct ProcessCost: Equatable, Sendable {
    /// Nanoseconds of processor time since its start.
    public var processorTime: UInt64 = 0
    /// Bytes of memory that it occupies now.
    public var residentBytes: UInt64 = 0

    public init() {}
}
