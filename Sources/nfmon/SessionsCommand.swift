public import ArgumentParser
import FlowModel
import Ingest
import Query
public import Reports
import Sessions

/// `nfmon sessions`: the sessions that there are, or were in a recording.
struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "The sessions that there are now, sorted, with totals and how complete the answer is.",
        discussion: """
            Without --top one look at the kernel's table. With --top two looks, --interval apart: their difference is the rate, \
            and what rules logged meanwhile tells interfaces and rules.

            Sort keys: \(SortKey.allCases.map(\.name).joined(separator: " ")).

            Examples:
              nfmon sessions --top 10
              nfmon sessions --sort dport -n 50
              nfmon sessions -o json | jq '.summary'
              nfmon sessions --top -r firewall.pcap
            """)

    @OptionGroup var sources: SourceOptions

    @Option(
        name: .long, defaultAsFlag: 20,
        help: ArgumentHelp("The n sessions that move most (20 if no number is given).", valueName: "n"))
    var top: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Sort by this key: amounts greatest first, names and numbers in order. (default: rate with a live --top, else bytes)",
            valueName: "key")
    )
    var sort: String?

    @Option(name: .customShort("n"), help: ArgumentHelp("Show at most this many sessions.", valueName: "n"))
    var limit: Int?

    @Option(name: .long, help: ArgumentHelp("The time between the two looks of --top.", valueName: "duration"))
    var interval = TimeSpan(nanoseconds: 1_000_000_000)

    @Option(name: .shortAndLong, help: "How to write sessions: table, compact, json, ndjson or csv.")
    var output = SessionFormat.table

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Read a savefile instead of the kernel; - is the standard input.", valueName: "file"))
    var read: String?

    func validate() throws {
        if let top, top < 1 { throw ValidationError("--top must be at least 1.") }
        if let limit, limit < 1 { throw ValidationError("-n must be at least 1.") }
        do throws(UnknownSortKey) { _ = try sortKey } catch { throw ValidationError(error.description) }
    }

    func run() throws {
        do throws(IngestError) {
            if let read { try show(recording: read) } else { try showLive() }
        } catch {
            throw Talk.fail(error)
        }
    }

    private var sortKey: SortKey {
        get throws(UnknownSortKey) {
            if let sort { return try SortKey(parsing: sort) }
            return top != nil && read == nil ? .byteRate : .bytes
        }
    }

    /// How many sessions to show; all of them where it is `nil`.
    private var shownCount: Int? { limit ?? top }

    private func selection(at now: Timestamp) -> TopSelection {
        TopSelection(limit: shownCount, by: (try? sortKey) ?? .bytes, now: now)
    }

    // MARK: Live

    private func showLive() throws(IngestError) {
        var table = sources.tableConfiguration
        table.tellsEvents = false
        var conntrack = ConntrackSource.Configuration()
        conntrack.dumpInterval = top == nil ? 0 : interval.nanoseconds
        conntrack.leastPauseFactor = 0
        let start = ReceiveTime.now
        let live = try LiveTable(sources, table, conntrack)
        waitForLooks(at: live, since: start.monotonic)
        let isInterrupted = live.stop.isRaised
        if let failure = live.finish() { throw failure }
        guard !isInterrupted else { return }
        let now = ReceiveTime.now.wall
        let look = TableLook(live.store, into: selection(at: now))
        try write(
            SessionAnswer(
                sessions: look.selection.ranked(), summary: look.summary, names: look.names(from: live.names), now: now,
                watchedSince: top == nil ? nil : start.wall, notes: AnswerNotes.gather(sources)), unless: live.stop)
    }

    /// One look at the table, or with `--top` a second one an interval later.
    private func waitForLooks(at live: LiveTable, since start: UInt64) {
        let lookCount: UInt64 = sources.noConntrack ? 0 : top == nil ? 1 : 2
        let end = start &+ (lookCount == 1 ? 0 : interval.nanoseconds)
        while !live.stop.isRaised, live.failure.first == nil {
            let (whole, all) = live.store.withTable { ($0.completeDumpCount, $0.dumpCount) }
            // A table that is never quiet is shown as it is, and the answer says that it is not complete.
            let hasLooked = whole >= lookCount || all >= lookCount + 8
            let now = ReceiveTime.now.monotonic
            if hasLooked, now >= end { return }
            Signal.wait(for: [live.stop, live.change], timeout: hasLooked ? end - now : nil)
            live.change.lower()
        }
    }

    // MARK: Recorded

    /// Shows all sessions of a recording: those that ended in it and those that were there at its end.
    private func show(recording path: String) throws(IngestError) {
        let stop = try Signal()
        try stop.raiseOnTermination()
        let replay = Replay(path, sources.tableConfiguration, lanes: sources.lanes, unless: stop)
        var ended: [Session] = []
        var events: [SessionEvent] = []
        let damage = try replay.run { (store) throws(IngestError) in
            _ = store.takeEvents(into: &events)
            for event in events {
                if case .end = event.kind { ended.append(event.session) }
            }
            return !stop.isRaised
        }
        guard !stop.isRaised else { return }
        let now = replay.endTime
        var selection = selection(at: now)
        for session in ended { selection.consider(session) }
        var look = TableLook(replay.store, into: selection)
        look.summary.recordingIsDamaged = damage != nil
        try write(
            SessionAnswer(
                sessions: look.selection.ranked(), summary: look.summary, names: look.names(from: replay.names),
                now: now), unless: stop)
        if let damage { throw damage }
    }

    private func write(_ answer: SessionAnswer, unless stop: Signal) throws(IngestError) {
        let stream = OutputStream()
        let report = SessionReport(format: output, width: stream.terminalWidth)
        var text: [UInt8] = []
        report.append(answer, into: &text)
        _ = try stream.write(&text, unless: stop)
        if !output.carriesSummary { Talk.say(answer, report) }
    }
}

extension SessionFormat: ExpressibleByArgument {}
