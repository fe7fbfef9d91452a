public import FlowModel

/// What an answer says of all sessions that are meant, and of what is missing.
public struct AnswerSummary: Sendable {
    /// When it was given.
    public var time: Timestamp?
    public var sessionCount: UInt64 = 0
    public var groupCount: UInt64?
    public var byteCount: UInt64?
    public var byteRate: UInt64?
    public var packetRate: UInt64?
    /// Whether the rates are those of all the sessions.
    public var isRateWhole = true
    /// Entries of conntrack's table, and how many it may have.
    public var tableEntries: UInt64?
    public var tableLimit: UInt64?
    /// Nanoseconds that the oldest figure is old.
    public var countersAge: UInt64?
    /// Whether nothing is known to be missing, in the answer's own word.
    public var isComplete = true
    /// What is known to be missing, as far as the answer says it.
    public var completeness = TableSummary()
    public var watchedSince: Timestamp?
    public var unjudgedCount: UInt64 = 0
    /// What else the reader must know, each with its cure.
    public var notes: [String] = []

    init() {}

    init(_ value: JSONValue) {
        time = value["time"]?.string.flatMap(Self.moment)
        sessionCount = value["sessions"]?.whole ?? 0
        groupCount = value["groups"]?.whole
        byteCount = value["bytes"]?.whole
        byteRate = value["rate"]?["bytes"]?.whole
        packetRate = value["rate"]?["packets"]?.whole
        isRateWhole = value["rate"]?["sessions"]?.whole == sessionCount
        tableEntries = value["table"]?["entries"]?.whole
        tableLimit = value["table"]?["limit"]?.whole
        countersAge = value["counters_age"]?.whole
        watchedSince = value["watched_since"]?.string.flatMap(Self.moment)
        isComplete = value["complete"]?.bool ?? false
        unjudgedCount = value["unjudged"]?.whole ?? 0
        notes = value["notes"]?.elements.compactMap(\.string) ?? []
        readCompleteness(value)
    }

    private static func span(_ value: JSONValue?) -> LossSpan? {
        guard let from = value?["from"]?.string.flatMap(moment), let to = value?["to"]?.string.flatMap(moment) else {
            return nil
        }
        var span = LossSpan(at: from)
        span.to = to
        return span
    }

    private mutating func readCompleteness(_ value: JSONValue) {
        func count(_ key: String) -> UInt64 { value[key]?.whole ?? 0 }
        for lane in Lane.allCases {
            completeness.lostCounts[lane] = value["lost"]?[lane.keyword]?.whole ?? 0
            completeness.malformedCounts[lane] = value["malformed"]?[lane.keyword]?.whole ?? 0
            completeness.lossSpans[lane] = Self.span(value["loss_times"]?[lane.keyword])
        }
        for fault in WireFault.allCases { completeness.faultCounts[fault] = value["faults"]?[fault.keyword]?.whole }
        completeness.frames.frameCount = value["frames"]?["read"]?.whole ?? 0
        completeness.frames.otherCount = value["frames"]?["not_ip"]?.whole ?? 0
        completeness.sufficientBuffer = Int(clamping: count("sufficient_conntrack_buffer"))
        completeness.grownBuffer = Int(clamping: count("grown_conntrack_buffer"))
        completeness.uncountedLosses = count("uncounted_losses")
        completeness.unwrittenEvents = count("unwritten_events")
        completeness.evictedCount = count("evicted")
        completeness.refusedCount = count("refused")
        completeness.ambiguousPackets = count("ambiguous_packets")
        completeness.wasShed = value["shed"]?.bool ?? false
        completeness.eventsWereOff = value["events_off"]?.bool ?? false
        completeness.eventsOffSpan = Self.span(value["events_off_times"])
        completeness.recordingIsDamaged = value["recording_damaged"]?.bool ?? false
        completeness.downSources = value["down"]?.elements.compactMap(\.string) ?? []
        completeness.lastDumpWasComplete = value["last_dump_complete"]?.bool
    }

    /// The first moment that a text means.
    static func moment(_ text: String) -> Timestamp? { Timestamp.parse(text)?.lowerBound }
}
