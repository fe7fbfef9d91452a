public import FlowModel

/// What is known besides the sessions: what explains differences, or rules explanations out.
public struct ComparisonFacts: Sendable {
    /// From when to when the capture saw every packet.
    public var start: Timestamp
    public var end: Timestamp
    /// The lanes that were read.
    public var lanes: Set<Lane>
    /// When the first look at conntrack's table ended: what it counted before is the baseline.
    public var firstLook: Timestamp?
    /// The interfaces that were captured; `nil` where nobody says, as of a savefile, or where it were all.
    public var interfaces: Set<InterfaceIndex>?
    /// What each lane lost, in its own unit, and when.
    public var lostCounts = LaneCounts()
    public var lossSpans: [Lane: LossSpan] = [:]
    /// Losses whose number nobody knows.
    public var uncountedLosses: UInt64 = 0
    /// Whether new sessions get counters now; `nil` where nobody looked.
    public var accountingIsOn: Bool?
    /// The firewall's rules; `nil` where they are not all known.
    public var rules: [WatchedRule]?
    /// What could not be looked at.
    public var unlooked: [Unlooked] = []
    public var flowtables: [Flowtable] = []
    /// The NFLOG groups that were read.
    public var groups: [UInt16] = []
    public var costs: [PathCost] = []
    /// Bytes that the whole process had in memory at the end.
    public var residentBytes: UInt64?
    /// Sessions that the capture's filter leaves out, which so were not compared.
    public var filteredCount: UInt64 = 0
    /// What else is to be said.
    public var notes: [String] = []

    public init(start: Timestamp, end: Timestamp, lanes: Set<Lane>) {
        self.start = start
        self.end = end
        self.lanes = lanes
    }
}
