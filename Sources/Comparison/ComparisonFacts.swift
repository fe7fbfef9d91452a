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
    /// When the last look at it ended: until then it counted what the capture no longer saw. `nil` where nobody looked.
    public var lastLook: Timestamp?
    /// What passed from the beginning on until the first look ended; `nil` of savefiles, of which nobody knows.
    public var early: EdgeFrames?
    /// What passed from the end on until the last look ended; `nil` of savefiles, of which nobody knows.
    public var late: EdgeFrames?
    /// What passed from then on until the last word of conntrack's events and of the rules.
    public var later: EdgeFrames?
    /// When that look began, by the monotonic clock, where it came to its end: an entry whose counters are older was not there any more.
    public var lastLookStart: UInt64?
    /// The same moment by the wall clock; `nil` where nobody knows it.
    public var lastLookStartTime: Timestamp?
    /// Of savefiles: from when to when a lane tells at all.
    public var spans: [Lane: ClosedRange<Timestamp>] = [:]
    /// The interfaces that were captured; `nil` where nobody says, as of a savefile, or where it were all.
    public var interfaces: Set<InterfaceIndex>?
    /// What changed of the host's ways meanwhile: where packets go now, they may not have gone before.
    public var routeChanges = RouteChanges()
    /// Interfaces of the capture that were down at some time, by name.
    public var downInterfaceNames: [String] = []
    /// What each lane lost, in its own unit, and when.
    public var lostCounts = LaneCounts()
    public var lossSpans: [Lane: LossSpan] = [:]
    /// Losses of each lane whose number nobody knows.
    public var uncountedCounts = LaneCounts()
    /// What came and could not be read, in each lane's own unit.
    public var malformedCounts = LaneCounts()
    /// Packets that several sessions could own, and that so are in no session's counts.
    public var ambiguousCount: UInt64 = 0
    /// Words about sessions that found no place, as the session table was full.
    public var refusedCount: UInt64 = 0
    /// Sessions known from packets alone that were given up early, as there were too many.
    public var evictedCount: UInt64 = 0
    /// Beginnings and ends of sessions that came faster than they were compared: some sessions are missing, or lack what
    /// conntrack had counted before.
    public var untoldCount: UInt64 = 0
    /// Whether new sessions get counters now; `nil` where nobody looked.
    public var accountingIsOn: Bool?
    /// Whether conntrack told all the time what comes and goes; `nil` where nobody looked.
    public var eventsAreOn: Bool?
    /// From when to when it may not have told of what began; `nil` where nobody knows.
    public var eventsOffSpan: LossSpan?
    /// What conntrack failed between the looks; `nil` where the kernel does not say.
    public var failures: ConntrackFailures?
    /// What the network stack's own counters rose by between the looks.
    public var stackGrowth = StackCounters()
    /// The firewall's rules; `nil` where they are not all known.
    public var rules: WatchedRuleset?
    /// The host's own addresses; `nil` where they are not known.
    public var ownAddresses: LocalAddresses?
    /// Whether no rule used conntrack all the time, and nothing was in its table.
    public var tracksNothing = false
    /// Whether bridges show conntrack what they forward, of each family; `nil`, or without a family, where nobody knows.
    public var bridgeSettings: [AddressFamily: BridgeSetting]?
    /// What the host's routing goes by; `nil` where it is not known.
    public var routing: RoutingPolicy?
    /// Says where packets go of which nobody saw it; `nil` where it cannot be asked.
    public var route: (@Sendable (RouteQuestion) -> RouteQuestion.Answer?)?
    /// Says which host, the next on their way, has not answered who wants to send packets to it; `nil` where it cannot be asked.
    public var silentNeighbour: (@Sendable (RouteQuestion) -> IPAddress?)?
    /// What could not be looked at.
    public var unlooked: [Unlooked] = []
    public var flowtables: [Flowtable] = []
    /// The NFLOG groups that were read.
    public var groups: [UInt16] = []
    public var costs: [PathCost] = []
    /// Bytes that the whole process had in memory at the end.
    public var residentBytes: UInt64?
    /// Nanoseconds of processor time that the kernel spent in soft interrupts on the whole host: what it did for the paths is among it.
    public var interruptTime: UInt64?
    /// Frames for other hosts, which came by all the same (a switch that floods, a mirror port): no firewall gets them. What
    /// the host forwards as a bridge is not among them.
    public var foreignCount: UInt64 = 0
    /// Whether the capture has a filter: rules counted packets of sessions that it leaves out, too.
    public var hidesSessions = false
    /// Sessions that the capture's filter leaves out, which so were not compared.
    public var filteredCount: UInt64 = 0
    /// What else is to be said.
    public var notes: [String] = []

    /// Takes over what is known to be missing from the table of sessions.
    public mutating func note(_ summary: TableSummary) {
        lostCounts = summary.lostCounts
        lossSpans = summary.lossSpans
        uncountedCounts = summary.uncountedCounts
        malformedCounts = summary.malformedCounts
        ambiguousCount = summary.ambiguousPackets
        refusedCount = summary.refusedCount
        evictedCount = summary.evictedCount
        untoldCount = summary.unwrittenEvents
        foreignCount = summary.frames.foreignCount
    }

    public init(start: Timestamp, end: Timestamp, lanes: Set<Lane>) {
        self.start = start
        self.end = end
        self.lanes = lanes
    }
}
