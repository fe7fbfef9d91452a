import ArgumentParser
import Comparison
import FlowModel
import Ingest
import Reports

/// `nfmon compare`: the same traffic through conntrack, NFLOG and AF_PACKET, and why they differ.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "The same traffic through conntrack, NFLOG and AF_PACKET, and why they differ.",
        discussion: """
            Reads the packets that pass the interfaces (-i), conntrack and what rules log, all at once, until Ctrl-C or for --for. \
            Then it holds the lanes of each session against each other: one line a session that differs, below it each \
            difference with its reason and what shows it; a summary of what each lane saw, how far they agree and what each \
            cost. Nothing is changed, and no rule is needed; one that logs to the group gives NFLOG something to tell.

            Name both interfaces of a firewall, and drops between them are seen, too. Words behind the options are a filter in \
            tcpdump's language (man pcap-filter); sessions that it leaves out are not compared.

            Reasons: \(DifferenceReason.allCases.map(\.rawValue).joined(separator: " ")).

            With -r the lanes come from savefiles of one period: packets (tcpdump -w, nfmon record -i), what rules logged \
            (tcpdump -i nflog:100 -w) and what netfilter sent (nfmon record). The firewall's rules are then not known. All words \
            behind -r are files: a filter stands in front of it, or behind --.

            Examples:
              nfmon compare -i lan0 -i wan0 --for 10s
              nfmon compare -i eth0 -o json tcp port 443 | jq '.summary.reasons'
              nfmon compare -r frames.pcap netfilter.pcap
              nfmon compare tcp port 443 -r frames.pcap netfilter.pcap
            """)

    @Argument(
        help: ArgumentHelp(
            "Compare only packets that this expression of tcpdump's language admits.", valueName: "expression"))
    var words: [String] = []

    @OptionGroup var sources: SourceOptions

    /// Only to say why it is not taken.
    @Flag(name: .customLong("promiscuous"), help: .hidden)
    var isPromiscuous = false

    @Option(
        name: .customLong("for"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Read for this time: 30s, 15m, 2h. (default: until Ctrl-C)", valueName: "duration"),
        transform: TimeSpan.init(parsing:))
    var duration: TimeSpan?

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "How to write the comparison: table, compact, json, ndjson or csv.")
    var output = SessionFormat.table

    @Option(
        name: .customShort("n", allowingJoined: true), parsing: .unconditional,
        help: ArgumentHelp("Show at most this many sessions that differ.", valueName: "n"),
        transform: WholeNumber.parser(in: 1...Int.max))
    var limit: Int?

    @Option(
        name: [.customShort("r", allowingJoined: true), .long], parsing: .upToNextOption,
        help: ArgumentHelp("Read these savefiles of one period instead of the kernel.", valueName: "file"))
    var read: [String] = []

    func validate() throws {
        if sources.noConntrack, sources.noNFLog {
            throw ValidationError("--no-conntrack and --no-nflog together leave one lane: there is nothing to compare.")
        }
        try sources.checkLanes(of: !read.isEmpty)
        try checkDirections()
        guard Set(read).count == read.count else {
            throw ValidationError("-r: each file once: its packets would count twice.")
        }
        if !read.isEmpty {
            try IdleOption.refuseBesideSavefile(
                sources.liveOptions + [
                    IdleOption("--for", isGiven: duration != nil), IdleOption("--promiscuous", isGiven: isPromiscuous),
                ])
            try checkFilter()
            return
        }
        guard sources.capture.isGiven else {
            throw ValidationError("name the interfaces whose packets are to be compared with -i, or savefiles with -r.")
        }
        try IdleOption.refuse(
            [IdleOption("--promiscuous", isGiven: isPromiscuous)],
            "what is addressed to others this host does not get: leave it out.")
        try checkFilter()
    }

    private func checkFilter() throws {
        guard !words.isEmpty else { return }
        try IdleOption.refuse(
            [IdleOption("--capture-filter", isGiven: sources.capture.expression != nil)],
            "the words apart from the options are the same filter: leave out either.")
    }

    /// What to read, with the filter.
    private var filteredSources: SourceOptions {
        var options = sources
        if !words.isEmpty { options.capture.expression = words.joined(separator: " ") }
        return options
    }

    /// What one way is left out of would count as dropped.
    private func checkDirections() throws {
        let text = (words + [sources.capture.expression ?? ""]).joined(separator: " ")
        let named = text.split { !$0.isLetter }.filter { $0 == "inbound" || $0 == "outbound" }
        guard named.isEmpty else {
            throw ValidationError(
                "\(named[0]): what comes in is held against what goes out: leave it out of the filter.")
        }
    }

    func run() throws {
        do throws(IngestError) {
            // One signal for each way: what comes while a second one takes over would raise the first, which nobody looks at.
            if read.isEmpty {
                try write(compareLive())
            } else {
                try compareRecorded()
            }
        } catch {
            throw Talk.fail(error, needing: sources.needs)
        }
    }

    private func compareLive() throws(IngestError) -> ComparisonOutcome {
        var options = filteredSources
        if let name = sources.netns { try NetworkNamespace.enter(name) }
        options.netns = nil
        var comparison = try LiveComparison(options)
        return try comparison.run(for: duration?.nanoseconds)
    }

    private func compareRecorded() throws(IngestError) {
        let stop = try Signal()
        try stop.raiseOnTermination()
        let recorded = try RecordedComparison(read, filteredSources, unless: stop)
        let damage = try recorded.run()
        guard !stop.isRaised else { return }
        try write(recorded.outcome)
        if let damage { throw damage }
    }

    private func write(_ outcome: ComparisonOutcome) throws(IngestError) {
        let stream = OutputStream()
        // A terminal's page of them; programs want all.
        let limit = limit ?? (output == .table && stream.terminalWidth != nil ? 40 : nil)
        let report = ComparisonReport(format: output, limit: limit, width: stream.terminalWidth)
        var text: [UInt8] = []
        report.append(outcome, into: &text)
        _ = try stream.write(&text)
        guard !output.carriesSummary else { return }
        var summary = Array("nfmon: ".utf8)
        report.appendSummary(of: outcome, into: &summary)
        StandardError.write(text: summary)
    }
}
