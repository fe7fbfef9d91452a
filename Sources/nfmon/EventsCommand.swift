public import ArgumentParser
import Client
import FlowModel
import Ingest
import Query
public import Reports
import Sessions

/// `nfmon events`: the session-event stream on the standard output.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Session events as they come: start, update, end, denied, loss, resync, shed.",
        discussion: """
            One event a line, as NDJSON with the names of the Elastic Common Schema, or in another format with -o. The \
            sessions that are already there come first, as starts marked initial; --no-initial leaves them out.

            A running monitor is asked where there is one (--socket), and reads on when nfmon events does not: a reader \
            that comes back with --after misses nothing that is still kept, and is told how much that is not. Without a \
            monitor, and with options that say how to read, nfmon reads the kernel itself.

            Every event has a number (event.sequence). A gap is exactly the events that the reader of this stream was too slow \
            for; a loss event with source "output" follows it. What the kernel's sockets lost is told the same way, with source \
            conntrack or nflog.

            The end of a session that only packets tell of (-i, -r) is when TCP closes it, else two minutes after its last packet; of \
            a TCP connection that was answered, an hour after.

            Examples:
              nfmon events -o compact
              nfmon events | jq -r 'select(.event.action=="session-denied") | [.source.ip, .rule.name] | @tsv'
              nfmon events --for 1h -o csv > sessions.csv
              nfmon events -o compact 'dst port 22 and not src net 10.0.0.0/8'
              nfmon events -i any --no-conntrack --no-nflog -o compact
              nfmon events -r firewall.pcap
            """)

    @OptionGroup var filter: FilterArgument

    @OptionGroup var monitor: MonitorOption

    @OptionGroup var sources: SourceOptions

    @OptionGroup var promiscuous: PromiscuousOption

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "How to write events: ndjson, compact, csv or json.")
    var output = EventFormat.ndjson

    @Option(
        name: .customLong("for"), parsing: .unconditional,
        help: ArgumentHelp("Stop after this time: 30s, 15m, 2h.", valueName: "duration"),
        transform: TimeSpan.init(parsing:))
    var duration: TimeSpan?

    @Option(
        name: .long, parsing: .unconditional, help: ArgumentHelp("Stop after this many events.", valueName: "n"),
        transform: WholeNumber.parser(in: 1...UInt64.max))
    var count: UInt64?

    @Flag(name: .customLong("no-initial"), help: "Leave out the sessions that were there before nfmon listened.")
    var noInitial = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            Go on behind this event of the monitor's stream, as nfmon events told it on stderr when it ended: with -o ndjson \
            and json wherever it had come, with csv behind an event and with --no-initial or --after only, with compact never, \
            as that has no numbers.
            """,
            valueName: "place"),
        transform: StreamPlace.init(parsing:))
    var after: StreamPlace?

    @OptionGroup var savefile: SavefileOption

    var read: String? { savefile.path }

    @Option(
        name: [.customShort("w", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Also write what the kernel sends to a savefile: a new one is its owner's only, an existing one keeps its mode.",
            valueName: "file"))
    var write: String?

    mutating func validate() throws {
        try promiscuous.apply(to: &sources.capture)
        try sources.checkLanes(of: read != nil)
        try filter.check(sources)
        try monitor.check(ownOptions)
        if after != nil {
            try IdleOption.refuse(
                ownOptions + [
                    IdleOption("--no-initial", isGiven: noInitial), IdleOption("--direct", isGiven: monitor.direct),
                ],
                "--after goes on with a monitor's stream, for which this means nothing: leave out either.")
        }
        if read != nil, write != nil { throw ValidationError("--read and --write contradict each other.") }
        if read != nil {
            try IdleOption.refuseBesideSavefile(
                sources.liveOptions + [IdleOption("--for", isGiven: duration != nil)])
        }
        if write != nil {
            try IdleOption.refuse(
                sources.capture.options,
                "--write keeps what netfilter sends, and no packets: leave out either, or use nfmon record -i.")
        }
        if write == "-" { throw ValidationError("the events go to the standard output: --write needs a file.") }
    }

    /// What only reading the kernel or a file here heeds.
    private var ownOptions: [IdleOption] {
        sources.ownOptions + [IdleOption("--read", isGiven: read != nil), IdleOption("--write", isGiven: write != nil)]
    }

    func run() throws {
        if !filter.isOnlyAskedAbout, let client = monitor.client(ownOptions) {
            do { return try relay(client).run() } catch let error as ClientError {
                guard monitor.mayDoWithout(error), after == nil else { throw Talk.fail(error) }
                Talk.warn("\(error.operation): \(error.reason): going on without it")
            } catch let error as IngestError { throw Talk.fail(error) }
        } else if after != nil, !filter.isOnlyAskedAbout {
            throw Talk.fail(ClientError.noMonitor)
        }
        do throws(IngestError) {
            // A recording holds what the kernel sends, whatever is shown of it meanwhile.
            try filter.explain(behind: nil, sources, asksKernel: read == nil && write == nil, looksOnce: false)
            guard !filter.isOnlyAskedAbout else { return }
            var printer = EventPrinter(format: output, limit: count)
            if let read {
                try replay(read, to: &printer)
            } else {
                try listen(to: &printer)
            }
        } catch {
            throw Talk.fail(error, needing: sources.needs)
        }
    }

    private func relay(_ client: MonitorClient) -> EventRelay {
        var query = after?.query ?? [("initial", noInitial ? "false" : "true")]
        if !filter.words.isEmpty { query.append(("filter", filter.text(behind: nil))) }
        if let count { query.append(("count", "\(count)")) }
        // Heartbeats tell how far the stream is where no event does.
        if output == .ndjson || output == .json { query.append(("heartbeat", "1s")) }
        return EventRelay(
            client: client, format: output, query: query, start: after, limit: count,
            duration: duration?.nanoseconds)
    }

    private func tableConfiguration(_ filter: SessionFilter) -> SessionTable.Configuration {
        var configuration = sources.tableConfiguration
        configuration.tellsInitial = !noInitial
        if !filter.isOpen {
            configuration.isWanted = { filter.admits($0, interfaces: $1, now: $2) }
        }
        return configuration
    }

    private func replay(_ path: String, to printer: inout EventPrinter) throws(IngestError) {
        let stop = try Signal()
        try stop.raiseOnTermination()
        try printer.begin()
        let names = NameTable()
        let configuration = tableConfiguration(filter.filter(names))
        let replay = Replay(
            path, configuration, names: names, lanes: sources.lanes(of: true),
            frames: sources.capture.expression, unless: stop)
        let failure = try replay.run { (store) throws(IngestError) in
            try printer.drain(store, names: replay.names, unless: stop)
        }
        try printer.end(replay.store)
        var summary = replay.store.withTable { $0.completeness }
        summary.recordingIsDamaged = failure != nil
        printer.conclude(&summary)
        Talk.say(printer.deed, summary)
        replay.clock.notes.forEach(Talk.warn)
        if let failure { throw failure }
    }

    private func listen(to printer: inout EventPrinter) throws(IngestError) {
        let recorder = try write.map { path throws(IngestError) in try Recorder(path: path) }
        let names = NameTable()
        let filter = filter.filter(names)
        var conntrack = ConntrackSource.Configuration()
        // A recording holds what the kernel sends, whatever is shown of it meanwhile.
        if write == nil { conntrack.filter = filter.sourceFilter(joinsPackets: !sources.noNFLog) }
        var table = tableConfiguration(filter)
        table.sourceFilter = conntrack.filter
        let live = try LiveTable(sources, table, conntrack, names: names, recorder: recorder)
        try printer.begin()
        Talk.say("listening: \(live.description)")
        var watch = HostWatch(sources)
        let end = duration.map { ReceiveTime.now.monotonic &+ $0.nanoseconds }
        printer.deadline = end
        var goesOn = true
        while goesOn, !live.stop.isRaised, live.failure.first == nil, recorder?.failure == nil {
            let now = ReceiveTime.now.monotonic
            if let end, now >= end { break }
            let timeout = min(end.map { $0 - now } ?? .max, watch.timeout(at: now))
            let readerIsGone = printer.output.wait(for: [live.stop, live.change], timeout: timeout)
            printer.gather(unless: live.stop)
            live.change.lower()
            watch.lookIfDue(at: ReceiveTime.now.monotonic)
            live.sweep.sweepIfDue()
            goesOn = try printer.drain(live.store, names: live.names, unless: live.stop) && !readerIsGone
        }
        let failure = live.finish()
        printer.allowPatience()
        if goesOn { _ = try printer.drain(live.store, names: live.names, unless: nil) }
        try printer.end(live.store)
        var summary = live.completeness
        printer.conclude(&summary)
        watch.conclude(&summary)
        summary.unwrittenRecords = recorder?.figures.unwrittenCount ?? 0
        summary.recordingEndedEarly = recorder?.failure != nil
        Talk.say(printer.deed, summary)
        if let failure { throw failure }
    }
}

extension EventFormat: ExpressibleByArgument {}
