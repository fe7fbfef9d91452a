/// A metric: its name, what kind of figure it is, and what it means.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        /// Grows until nfmon starts anew.
        case counter
        case gauge
        case histogram
        /// Always 1: its labels are what it tells.
        case info
    }

    /// Without the `_total` of a counter and the `_info` of an info; ends in the unit if there is one.
    let name: String
    let kind: Kind
    /// A base unit: `seconds` or `bytes`.
    let unit: String?
    /// One sentence.
    let help: String
    let labels: [String]

    init(_ name: String, _ kind: Kind, unit: String? = nil, labels: [String] = [], _ help: String) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.labels = labels
        self.help = help
    }

    /// The name that a query uses; of a histogram its samples have further endings.
    var sampleName: String {
        switch kind {
        case .counter: name + "_total"
        case .info: name + "_info"
        case .gauge, .histogram: name
        }
    }
}

// The names are a contract; the README lists them, and a test holds it to this list.

extension MetricFamily {
    static let all: [MetricFamily] = [
        build, startTime, sourceUp, sourceRestarts, complete, lost, uncountedLosses, malformed, unwrittenEvents,
        sessions, sessionLimit, begun, ended, evicted, refused, ambiguous, strays, sessionBytes, sessionPackets,
        loggedBytes, loggedPackets, unplaced, dumps, dumpRows, dumpChanges, dumpProcessorTime, dumpInterval,
        dumpDuration, lastDump, latency, entries, entryLimit, streamEvents, streamReaders, streamLost, streamBytes,
        streamLimit, processorTime, memory,
    ]

    static let build = MetricFamily("nfmon_build", .info, labels: ["version"], "The version of nfmon.")
    static let startTime = MetricFamily(
        "nfmon_start_time_seconds", .gauge, unit: "seconds", "When nfmon started, since 1970.")

    static let sourceUp = MetricFamily(
        "nfmon_source_up", .gauge, labels: ["source"], "Whether a source reads (1) or has failed (0).")
    static let sourceRestarts = MetricFamily(
        "nfmon_source_restarts", .counter, labels: ["source"],
        "How often a source was opened again after it had failed.")

    static let complete = MetricFamily(
        "nfmon_complete", .gauge, "Whether nothing is known to be missing since nfmon started (1).")
    static let lost = MetricFamily(
        "nfmon_lost", .counter, labels: ["source"],
        "Messages of conntrack and packets of nflog that the kernel dropped, as nfmon did not keep up.")
    static let uncountedLosses = MetricFamily(
        "nfmon_uncounted_losses", .counter, "Losses of which the kernel did not say how much was lost.")
    static let malformed = MetricFamily(
        "nfmon_malformed", .counter, labels: ["source"], "Messages that could not be read.")
    static let unwrittenEvents = MetricFamily(
        "nfmon_unwritten_events", .counter, "Events that the stream could not take; the table is right all the same.")

    static let sessions = MetricFamily(
        "nfmon_sessions", .gauge, labels: ["kind", "protocol", "state"],
        "Sessions that there are: tracked by conntrack, known from logged packets only, or denied by a rule.")
    static let sessionLimit = MetricFamily(
        "nfmon_sessions_limit", .gauge, "The most sessions that nfmon keeps.")
    static let begun = MetricFamily(
        "nfmon_sessions_begun", .counter, labels: ["kind", "protocol"], "Sessions that began while nfmon listened.")
    static let ended = MetricFamily(
        "nfmon_sessions_ended", .counter, labels: ["cause", "protocol"],
        "Sessions that ended, by how that is known: event, inferred, timeout or evicted.")
    static let evicted = MetricFamily(
        "nfmon_sessions_evicted", .counter, "Sessions known from packets only that had to go for newer ones.")
    static let refused = MetricFamily(
        "nfmon_refused", .counter, "Messages and packets of sessions for which the table had no place.")
    static let ambiguous = MetricFamily(
        "nfmon_ambiguous_packets", .counter, "Logged packets that several sessions could own, given to none.")
    static let strays = MetricFamily(
        "nfmon_stray_icmp_errors", .counter, "Logged ICMP errors about sessions that are not known.")

    private static let way = ["ingress", "egress", "rule", "verdict"]
    static let sessionBytes = MetricFamily(
        "nfmon_session_bytes", .counter, unit: "bytes", labels: way + ["direction"],
        "Bytes of tracked sessions by conntrack's counters, read from dumps and from each session's end.")
    static let sessionPackets = MetricFamily(
        "nfmon_session_packets", .counter, labels: way + ["direction"],
        "Packets of tracked sessions by conntrack's counters.")
    static let loggedBytes = MetricFamily(
        "nfmon_logged_bytes", .counter, unit: "bytes", labels: way,
        "Bytes of the packets that rules logged; one that two rules logged counts for each.")
    static let loggedPackets = MetricFamily(
        "nfmon_logged_packets", .counter, labels: way,
        "Packets that rules logged; one that two rules logged counts for each.")
    static let unplaced = MetricFamily(
        "nfmon_traffic_unplaced", .counter,
        "How often traffic was added to the series (other) for want of room; that it takes over what interfaces that went had does not count."
    )

    static let dumps = MetricFamily(
        "nfmon_dumps", .counter, labels: ["cause"],
        "Dumps of the kernel's table: the initial one, periodic ones, and those that resynchronised after an overrun or a restart."
    )
    static let dumpRows = MetricFamily("nfmon_dump_rows", .counter, "Entries that all dumps together showed.")
    static let dumpChanges = MetricFamily(
        "nfmon_dump_changes", .counter, labels: ["change"],
        "Sessions that dumps found, ended or corrected, as no event had told.")
    static let dumpProcessorTime = MetricFamily(
        "nfmon_dump_cpu_seconds", .counter, unit: "seconds", "Processor time that all dumps took.")
    static let dumpInterval = MetricFamily(
        "nfmon_dump_interval_seconds", .gauge, unit: "seconds",
        "From the beginning of the last dump but one to the last.")
    static let dumpDuration = MetricFamily(
        "nfmon_dump_duration_seconds", .gauge, unit: "seconds", "How long the last dump took.")
    static let lastDump = MetricFamily(
        "nfmon_last_dump_timestamp_seconds", .gauge, unit: "seconds",
        "When the last whole dump began, since 1970: totals of running sessions are no older.")

    static let latency = MetricFamily(
        "nfmon_event_latency_seconds", .histogram, unit: "seconds", labels: ["source"],
        "From the kernel's stamp of an event or packet to nfmon's table; nflog's includes the kernel's gathering.")

    static let entries = MetricFamily("nfmon_conntrack_entries", .gauge, "Entries of the kernel's table.")
    static let entryLimit = MetricFamily(
        "nfmon_conntrack_entries_limit", .gauge, "The most entries that the kernel's table may have.")

    static let streamEvents = MetricFamily("nfmon_stream_events", .counter, "Events that the stream has told.")
    static let streamReaders = MetricFamily("nfmon_stream_readers", .gauge, "Readers of the event stream.")
    static let streamLost = MetricFamily(
        "nfmon_stream_lost_events", .counter, "Events that readers of the stream were too slow for, over all of them.")
    static let streamBytes = MetricFamily(
        "nfmon_stream_bytes", .gauge, unit: "bytes", "Memory that the kept events of the stream take.")
    static let streamLimit = MetricFamily(
        "nfmon_stream_limit_bytes", .gauge, unit: "bytes", "Memory that they may take.")

    static let processorTime = MetricFamily(
        "nfmon_process_cpu_seconds", .counter, unit: "seconds",
        "Processor time that nfmon took, that of the kernel on its behalf included.")
    static let memory = MetricFamily(
        "nfmon_process_resident_memory_bytes", .gauge, unit: "bytes", "Memory that nfmon occupies.")
}
