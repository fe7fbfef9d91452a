public import ArgumentParser
import Client
import FlowModel
import Ingest
import Monitor
import Query
public import Reports
import Screen
import Sessions

/// `nfmon sessions`: the sessions that there are, or were in a recording.
struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "The sessions that there are now, sorted, with totals and how complete the answer is.",
        discussion: """
            A running monitor is asked where there is one (--socket): it knows rates, interfaces and rules at once. Without one, and with \
            options that say how to read, nfmon reads the kernel itself:

            Without --top one look at the kernel's table. With --top two looks, --interval apart: their difference is the rate, \
            and what rules logged meanwhile tells interfaces and rules. With --watch a screen of them that is drawn anew every \
            --interval, with keys to sort, group and filter; ? lists them.

            A session that only packets tell of (-i, -r) ends when TCP closes it, else two minutes after its last packet; a TCP \
            connection that was answered, an hour after. What comes later is another session.

            Sort keys: \(SortKey.allCases.map(\.name).joined(separator: " ")).

            Examples:
              nfmon sessions --top 10
              nfmon sessions --top --watch
              nfmon sessions 'dst net 10.0.0.0/8 and dst port in [80 443]'
              nfmon sessions --sort dport -n 50
              nfmon sessions --by src,rule --having 'sessions > 10' denied
              nfmon sessions -o json | jq '.summary'
              nfmon sessions --top -i lan0 -i wan0 --interval 10s
              nfmon sessions --top -r firewall.pcap
            """)

    @OptionGroup var filter: FilterArgument

    @OptionGroup var groups: GroupArgument

    @OptionGroup var monitor: MonitorOption

    @OptionGroup var sources: SourceOptions

    @OptionGroup var promiscuous: PromiscuousOption

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Draw a screen of what moves most, and go on drawing it; ? lists the keys.",
            discussion: """
                As many rows as there is room for, or as --top or -n says. NO_COLOR leaves out the colours, a locale without UTF-8 \
                what is not ASCII.
                """))
    var watch = false

    // As text: the parser takes a value that it cannot read for another argument, and would complain about that.
    @Option(
        name: .customLong("top"), defaultAsFlag: "",
        help: ArgumentHelp("The n sessions, or groups, that move most (20 if no number is given).", valueName: "n"))
    var topText: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            Sort by this key: amounts greatest first, names and numbers in order. (default: rate with a live --top of \
            conntrack, else bytes)
            """,
            valueName: "key")
    )
    var sort: String?

    @Option(
        name: .customShort("n", allowingJoined: true), parsing: .unconditional,
        help: ArgumentHelp("Show at most this many sessions or groups.", valueName: "n"),
        transform: WholeNumber.parser(in: 1...Int.max))
    var limit: Int?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            The time between the two looks of --top, or to listen with -i or --no-conntrack (default: 1s), or between two looks \
            of --watch (default: 2s). Ctrl-C cuts it short, and what there was until then is shown.
            """,
            valueName: "duration"),
        transform: TimeSpan.init(parsing:))
    var interval: TimeSpan?

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "How to write sessions: table, compact, json, ndjson or csv.")
    var output = SessionFormat.table

    @OptionGroup var savefile: SavefileOption

    var read: String? { savefile.path }

    mutating func validate() throws {
        try promiscuous.apply(to: &sources.capture)
        if let topText, top == nil, leadingWord == nil {
            throw ValidationError("--top \(topText): give a whole number of at least 1, or none.")
        }
        try sources.checkLanes(of: read != nil)
        do { try filter.check(sources, behind: leadingWord) } catch {
            guard let leadingWord, filter.words.isEmpty else { throw error }
            throw ValidationError(
                "--top \(leadingWord): give a whole number of at least 1, or none; nor is it a filter.")
        }
        try groups.check(sources)
        try monitor.check(ownOptions)
        let key: (name: String, isRate: Bool)
        do throws(SessionQuestion.Fault) { key = try question(NameTable()).sortName } catch {
            throw ValidationError(error.description)
        }
        if watch { return try checkWatch(key) }
        let intervalOption = IdleOption("--interval", isGiven: interval != nil)
        let rateOption = IdleOption("--sort \(key.name)", isGiven: key.isRate)
        if read != nil {
            try IdleOption.refuseBesideSavefile(sources.liveOptions + [intervalOption])
        } else if top == nil {
            // Without conntrack there is no table to look at, and packets on an interface have to be waited for: the interval is how
            // long they are listened for.
            if !listens {
                try IdleOption.refuse(
                    [intervalOption], "without --top there is one look only: add --top, or leave it out.")
                if monitor.client(ownOptions) == nil {
                    try IdleOption.refuse(
                        [rateOption], "a rate is known from two looks only: add --top, or choose another key.")
                }
            }
        }
        if sources.noConntrack {
            try IdleOption.refuse([rateOption], Self.ratesAreConntracks)
        }
    }

    static let ratesAreConntracks =
        "rates come from conntrack's counters, which --no-conntrack leaves out: choose another key, such as bytes."

    var top: Int? {
        if leadingWord != nil || topText == "" { return 20 }
        return topText.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The filter's first word, where the option parser took it for the number of `--top`.
    var leadingWord: String? {
        topText.flatMap { $0.first.map { $0.isLetter || $0 == "(" || $0 == "!" } == true ? $0 : nil }
    }

    /// What only reading the kernel or a file here heeds.
    private var ownOptions: [IdleOption] {
        sources.ownOptions + [
            IdleOption("--read", isGiven: read != nil),
            IdleOption("--interval", isGiven: interval != nil && !watch),
        ]
    }

    /// Whether the kernel is listened to for a while, instead of looked at once.
    private var listens: Bool { top != nil || sources.noConntrack || sources.capture.isGiven }

    private var pause: UInt64 { interval?.nanoseconds ?? 1_000_000_000 }

    func run() throws {
        if !filter.isOnlyAskedAbout, let client = monitor.client(ownOptions) {
            do { return try watch ? showScreen(of: client) : show(from: client) } catch let error as ClientError {
                guard monitor.mayDoWithout(error) else { throw Talk.fail(error) }
                Talk.warn("\(error.operation): \(error.reason): going on without it")
            } catch let error as IngestError { throw Talk.fail(error) }
        }
        do throws(IngestError) {
            try filter.explain(
                behind: leadingWord, sources, asksKernel: read == nil, looksOnce: !listens && !watch,
                more: groups.explain)
            guard !filter.isOnlyAskedAbout else { return }
            if watch { return try showScreen() }
            if let read { try show(recording: read) } else { try showLive() }
        } catch {
            throw Talk.fail(error, needing: sources.needs)
        }
    }

    /// What is asked, of a table with these names.
    private func question(_ names: NameTable) throws(SessionQuestion.Fault) -> SessionQuestion {
        try SessionQuestion(
            filter: filter.text(behind: leadingWord), by: groups.by, having: groups.having, sort: sort,
            prefersRate: ranksByRate, limit: limit ?? top, names: names)
    }

    /// The same, which ``validate()`` found good.
    private func goodQuestion(_ names: NameTable) -> SessionQuestion {
        guard let question = try? question(names) else { preconditionFailure("a question that was found good") }
        return question
    }

    /// A rate is the difference of two looks at conntrack's table: neither a file nor a rule's packets have it.
    private var ranksByRate: Bool { (top != nil || watch) && read == nil && !sources.noConntrack }

    // MARK: Asked

    private func show(from client: MonitorClient) throws {
        let stream = OutputStream()
        var query = [("format", output.rawValue)]
        let filter = filter.text(behind: leadingWord)
        if !filter.isEmpty { query.append(("filter", filter)) }
        if let by = groups.by { query.append(("by", by)) }
        if let having = groups.having { query.append(("having", having)) }
        if let sort = sort ?? (top == nil ? nil : "rate") { query.append(("sort", sort)) }
        if let limit = limit ?? top { query.append(("limit", "\(limit)")) }
        if output == .table, let width = stream.terminalWidth {
            query.append(("width", "\(max(SessionReport.leastWidth, width))"))
        }
        let response = try client.get("/v1/sessions", query)
        let stop = try Signal()
        try stop.raiseOnTermination()
        var text = response.body
        _ = try stream.write(&text, unless: stop)
        Talk.say(summary: response.head.summary)
        warnOfNarrow(stream)
    }

    // MARK: Live

    private func showLive() throws(IngestError) {
        let names = NameTable()
        let question = goodQuestion(names)
        let look = try LiveLook(sources, for: question, names, lasting: listens ? pause : nil)
        guard var answer = try look.answer(to: question) else {
            return Talk.say("ended before there was an answer: nothing is shown")
        }
        answer.notes += AnswerNotes.gather(sources) + notes(on: question.filter)
        try write(answer, unless: look.stop)
    }

    /// What a single look cannot know.
    private func notes(on filter: SessionFilter) -> [String] {
        guard !listens else { return [] }
        var notes: [String] = []
        if filter.asksForPackets() || groups.asksForPackets {
            notes.append(
                "interfaces, rules and verdicts are learned while nfmon listens: add --top, with a longer --interval")
        }
        if filter.asksForRates { notes.append("rates are known from two looks only: add --top") }
        return notes
    }

    // MARK: Recorded

    /// Shows all sessions of a recording: those that ended in it and those that were there at its end.
    private func show(recording path: String) throws(IngestError) {
        let stop = try Signal()
        try stop.raiseOnTermination()
        let names = NameTable()
        let question = goodQuestion(names)
        let replay = Replay(
            path, sources.tableConfiguration, names: names, lanes: sources.lanes(of: true),
            frames: sources.capture.expression, unless: stop)
        var ended = EndedSessions(limit: .max)
        let damage = try replay.run { (store) throws(IngestError) in
            ended.take(from: store)
            return true
        }
        guard !stop.isRaised else { return }
        var answer = question.answer(
            from: replay.store, replay.names, at: replay.endTime, seed: LiveTable.seed, beside: ended.sessions)
        answer.summary.recordingIsDamaged = damage != nil
        answer.notes = replay.clock.notes
        try write(answer, unless: stop)
        if let damage { throw damage }
    }

    private func write(_ answer: SessionAnswer, unless stop: Signal) throws(IngestError) {
        let stream = OutputStream()
        let report = SessionReport(format: output, width: stream.terminalWidth)
        var text: [UInt8] = []
        report.append(answer, into: &text)
        _ = try stream.write(&text, unless: stop)
        if !output.carriesSummary { Talk.say(answer, report) }
        warnOfNarrow(stream)
    }

    /// Says why lines wrap on a terminal that no table fits.
    private func warnOfNarrow(_ stream: OutputStream) {
        guard output == .table, let width = stream.terminalWidth, width < SessionReport.leastWidth else { return }
        Talk.warn("a table needs \(SessionReport.leastWidth) columns, the terminal has \(width): its lines wrap")
    }
}

extension SessionFormat: ExpressibleByArgument {}
