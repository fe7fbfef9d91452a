/// How complete the answer is: what the table holds, and everything that is known to be missing from it.
public struct TableSummary: Sendable {
    /// How many sessions there are. An answer counts those that it considered itself: this is for tests, as the two below.
    public var sessionCount = 0
    /// Sessions that conntrack told of, and those that only packets told of.
    public var conntrackSessionCount = 0
    public var packetSessionCount = 0
    /// Messages lost for want of receive buffer: conntrack's, and packets of NFLOG.
    public var lostCounts = LaneCounts()
    /// When that was; a lane that lost nothing has none.
    public var lossSpans: [Lane: LossSpan] = [:]
    /// Bytes of receive buffer that would have held what conntrack lost to overruns; 0 where that is not known.
    public var sufficientBuffer = 0
    /// Bytes that conntrack's receive buffer has grown to since; 0 where it has not.
    public var grownBuffer = 0
    /// Losses whose number the kernel did not say.
    public var uncountedLosses: UInt64 = 0
    /// The same by lane.
    public var uncountedCounts = LaneCounts()
    /// Messages that could not be decoded.
    public var malformedCounts = LaneCounts()
    /// The same by the kind of fault.
    public var faultCounts: [WireFault: UInt64] = [:]
    /// Events that the output could not take.
    public var unwrittenEvents: UInt64 = 0
    /// Packets that a recording of a capture has not, and records that one of netfilter has not, as they could not be written.
    public var unwrittenPackets: UInt64 = 0
    public var unwrittenRecords: UInt64 = 0
    /// The recording that was made ended by a failure, and not when it was to.
    public var recordingEndedEarly = false
    /// What of conntrack's events is taken, and whether it was less at any time.
    public var subscription = Subscription.events
    public var wasShed = false
    /// Sessions evicted because too many were known from packets alone, denied attempts among them.
    public var evictedCount: UInt64 = 0
    /// Messages and packets of sessions that found no place, as the table was full.
    public var refusedCount: UInt64 = 0
    /// Packets that several sessions could own: in different zones, or at different stages of their translation.
    public var ambiguousPackets: UInt64 = 0
    /// ICMP errors about sessions that are not known: packets that are counted nowhere else. Nothing is missing by them.
    public var strayErrorCount: UInt64 = 0
    /// What captures have read.
    public var frames = FrameFigures()
    /// The recording that was read is cut or damaged.
    public var recordingIsDamaged = false
    /// Conntrack's events were switched off for a time: sessions may have come and gone untold.
    public var eventsWereOff = false
    /// When that was, from the first look that found it to the last; `nil` where nobody looked twice.
    public var eventsOffSpan: LossSpan?
    /// Sources that are not read now though they should be: `conntrack`, `NFLOG group 100`.
    public var downSources: [String] = []
    /// DESTROYs that came a second time, and words about sessions that had ended. They are to be expected, so no answer shows
    /// them: this is for tests.
    public var staleMessages: UInt64 = 0
    public var dumpCount: UInt64 = 0
    /// Those of them that the kernel finished, and during which no event was lost.
    public var completeDumpCount: UInt64 = 0
    /// Whether the last dump was complete, `nil` before the first.
    public var lastDumpWasComplete: Bool?

    public init() {}

    /// The lanes that there is something to say of: conntrack and NFLOG, and what captures see where there is one.
    public var lanes: [Lane] {
        frames == FrameFigures() && lostCounts.packet == 0 && malformedCounts.packet == 0
            ? Lane.netfilter : Lane.allCases
    }

    /// Whether nothing is known to be missing.
    public var isComplete: Bool {
        lostCounts.total == 0 && uncountedLosses == 0 && malformedCounts.total == 0
            && unwrittenEvents == 0 && evictedCount == 0 && refusedCount == 0 && ambiguousPackets == 0
            && unwrittenPackets == 0 && unwrittenRecords == 0 && !recordingEndedEarly
            && lastDumpWasComplete != false && !recordingIsDamaged && !eventsWereOff && !wasShed
            && downSources.isEmpty
    }
}
