import ArgumentParser
import FlowModel
import Ingest
import Reports
import Sessions
import Wire

/// `nfmon record`: what the kernel sent, or what passed an interface, as a savefile.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract:
            "Write what the kernel sends, both lanes, or the packets of an interface, to a savefile that replays.",
        discussion: """
            Without -i the file is an ordinary pcap file of netlink messages (LINKTYPE_NETLINK): Wireshark and tshark open it, and \
            nfmon sessions -r and nfmon events -r make the same sessions and events of it as the live run would have, losses \
            included. Interface names and the table's dumps are in it.

            With -i it has the packets that pass the interface, with nanoseconds, as tcpdump -w writes them; of several interfaces \
            or any behind Linux cooked headers (LINKTYPE_LINUX_SLL2), which have the number of each packet's interface. Where the \
            file is called .pcapng, or with --pcapng, it names them, and tells which way each packet went, the filter, and what was \
            lost. Words behind the file's name are a filter in tcpdump's language. With --rotate-size or --rotate-every it goes on in \
            lan.1.pcap, lan.2.pcap and so on.

            A recording tells who talks to whom: a new file is readable by its owner only. A file that exists is emptied and \
            keeps its owner and mode, as with tcpdump: look at them before, or remove it. SIGUSR1 asks how much there is by now.

            Examples:
              nfmon record --for 10m firewall.pcap
              nfmon record -i lan0 --rotate-every 1h --keep 24 lan.pcapng not port 22
              nfmon record -i lan0 -i wan0 both.pcapng host 10.0.0.7
              nfmon record -i any --pcapng - | tshark -r -
              nfmon sessions --top -r firewall.pcap
            """)

    @OptionGroup var sources: SourceOptions

    @OptionGroup var promiscuous: PromiscuousOption

    @Option(
        name: .customLong("for"), parsing: .unconditional,
        help: ArgumentHelp("Stop after this time: 30s, 15m, 2h.", valueName: "duration"),
        transform: TimeSpan.init(parsing:))
    var duration: TimeSpan?

    @Flag(
        name: .customLong("pcapng"),
        help: "With -i: write pcapng, which names the interfaces, whatever the file is called.")
    var isPcapng = false

    @Option(
        name: .customLong("rotate-size"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "With -i: go on in another file before one gets longer than this (K, M, G).", valueName: "bytes"),
        transform: ByteCount.ofFile)
    var rotateSize: ByteCount?

    @Option(
        name: .customLong("rotate-every"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "With -i: go on in another file when one covers this time: 15m, 1h.", valueName: "duration"),
        transform: TimeSpan.init(parsing:))
    var rotateEvery: TimeSpan?

    @Option(
        name: .customLong("keep"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Of the files that this run makes by --rotate-size or --rotate-every, keep so many and remove the oldest. (default: all)",
            valueName: "n"),
        transform: WholeNumber.parser(in: 1...Int.max))
    var keptCount: Int?

    @Argument(help: "The file to write, emptied first if it exists; - is the standard output.")
    var file: String

    @Argument(
        help: ArgumentHelp(
            "With -i: only packets that this filter in tcpdump's language admits (man pcap-filter).",
            valueName: "expression"))
    var words: [String] = []

    mutating func validate() throws {
        try promiscuous.apply(to: &sources.capture)
        try sources.checkLanes()
        let packetOptions = [
            IdleOption("--pcapng", isGiven: isPcapng),
            IdleOption("--rotate-size", isGiven: rotateSize != nil),
            IdleOption("--rotate-every", isGiven: rotateEvery != nil), IdleOption("--keep", isGiven: keptCount != nil),
            IdleOption("the filter '\(words.joined(separator: " "))'", isGiven: !words.isEmpty),
        ]
        guard sources.capture.isGiven else {
            return try IdleOption.refuse(
                packetOptions, "this is about packets: name an interface with -i, or leave it out.")
        }
        try IdleOption.refuse(
            sources.netfilterOptions, "-i records packets, and not what netfilter sends: leave it out.")
        if !words.isEmpty, sources.capture.expression != nil {
            throw ValidationError("--capture-filter and the words behind the file are one filter: leave out either.")
        }
        if let rotateSize, rotateSize.bytes < 4096 {
            throw ValidationError("--rotate-size: give 4096 bytes at least, which is a packet or two.")
        }
        if rotateSize == nil, rotateEvery == nil {
            try IdleOption.refuse(
                [IdleOption("--keep", isGiven: keptCount != nil)],
                "there is one file only: add --rotate-size or --rotate-every.")
        } else if file == "-" {
            throw ValidationError("the standard output is one file: --rotate-size and --rotate-every need a name.")
        }
    }

    func run() throws {
        do throws(IngestError) {
            if sources.capture.isGiven { try recordPackets() } else { try recordMessages() }
        } catch {
            // Of packets alone netfilter need not be asked.
            let needs = sources.capture.isGiven ? sources.needs.subtracting(.netfilter) : sources.needs
            throw Talk.fail(error, needing: needs)
        }
    }

    // MARK: Packets

    /// Nanoseconds: a day.
    private static let longestWait: UInt64 = 86_400_000_000_000

    private func recordPackets() throws(IngestError) {
        if let name = sources.netns { try NetworkNamespace.enter(name) }
        let stop = try Signal()
        let change = try Signal()
        let question = try Signal()
        try stop.raiseOnTermination()
        try question.raiseOnQuestion()
        let failure = SourceFailure { change.raise() }
        var configuration = FrameRecorder.Configuration()
        configuration.path = file
        configuration.format = isPcapng ? .pcapng : SavefileFormat(ofFile: file)
        configuration.application = "nfmon \(NFMon.version)"
        configuration.capture = sources.capture.configuration
        configuration.capture.snapLength = sources.capture.snapLength ?? SavefileRecord.longest
        if !words.isEmpty { configuration.capture.expression = words.joined(separator: " ") }
        if rotateSize != nil || rotateEvery != nil {
            configuration.rotation = SavefileRotation(
                path: file, byteLimit: rotateSize.map { UInt64($0.bytes) }, interval: rotateEvery?.nanoseconds,
                keptCount: keptCount)
        }
        let recorder = try FrameRecorder(configuration, unless: stop, failure: failure, notice: Talk.warn)
        Talk.say("recording: packets on \(sources.capture.interfaces.joined(separator: ", "))")
        let end = duration.map { ReceiveTime.now.monotonic &+ $0.nanoseconds } ?? .max
        while !stop.isRaised, failure.first == nil, ReceiveTime.now.monotonic < end {
            // A wait is bounded by what poll(2) takes.
            let rest = end - min(end, ReceiveTime.now.monotonic)
            Signal.wait(for: [stop, change, question], timeout: min(rest, Self.longestWait))
            change.lower()
            if question.isRaised {
                question.lower()
                tell(recorder.figures, " so far")
            }
        }
        recorder.finish()
        tell(recorder.figures, endedEarly: failure.first != nil)
        if let failure = failure.first { throw failure }
    }

    /// Says how much there is in how many files.
    private func tell(_ figures: FrameRecorder.Figures, _ when: String = "", endedEarly: Bool = false) {
        var summary = TableSummary()
        summary.lostCounts[.packet] = figures.lostCount
        summary.uncountedLosses = figures.uncountedLosses
        summary.unwrittenPackets = figures.unwrittenCount
        summary.recordingEndedEarly = endedEarly
        let files = figures.fileCount == 1 ? "" : " in \(figures.fileCount) files"
        let removedCount = keptCount.map { figures.fileCount - $0 } ?? 0
        let removed = removedCount > 0 ? ", of which the first \(removedCount) went (--keep)" : ""
        let packets = figures.frameCount == 1 ? "1 packet" : "\(figures.frameCount) packets"
        Talk.say("\(packets)\(files)\(removed)\(when)", summary)
    }

    // MARK: Messages

    /// Nanoseconds: a million entries take a few seconds.
    private static let lastLookPatience: UInt64 = 15_000_000_000

    private func recordMessages() throws(IngestError) {
        let recorder = try Recorder(path: file)
        var table = sources.tableConfiguration
        table.tellsEvents = false
        let live = try LiveTable(sources, table, ConntrackSource.Configuration(), recorder: recorder)
        let question = try Signal()
        try question.raiseOnQuestion()
        Talk.say("recording: \(live.description)")
        var watch = HostWatch(sources)
        let end = duration.map { ReceiveTime.now.monotonic &+ $0.nanoseconds }
        while !live.stop.isRaised, live.failure.first == nil, recorder.failure == nil {
            let now = ReceiveTime.now.monotonic
            if let end, now >= end { break }
            // A failed disk shows at the next look at the latest.
            Signal.wait(
                for: [live.stop, live.change, question],
                timeout: min(end.map { $0 - now } ?? .max, watch.timeout(at: now)))
            live.change.lower()
            if question.isRaised {
                question.lower()
                tell(recorder.figures, live.completeness, " so far")
            }
            watch.lookIfDue(at: ReceiveTime.now.monotonic)
            live.sweep.sweepIfDue()
        }
        if !sources.noConntrack, live.failure.first == nil, recorder.failure == nil,
            !live.lookLast(within: Self.lastLookPatience), live.failure.first == nil
        {
            Talk.warn(
                "conntrack's table was not looked at once more: the recording does not tell what sessions that go on came to."
            )
        }
        let failure = live.finish()
        var summary = live.completeness
        watch.conclude(&summary)
        summary.recordingEndedEarly = failure != nil
        tell(recorder.figures, summary)
        if let failure { throw failure }
    }

    private func tell(_ figures: Recorder.Figures, _ completeness: TableSummary, _ when: String = "") {
        var summary = completeness
        summary.unwrittenRecords = figures.unwrittenCount
        Talk.say("\(figures.text)\(when)", summary)
    }
}

extension Recorder.Figures {
    /// How much there is, counted as other programs that read the file do.
    var text: String {
        switch recordCount {
        case 1 where hasEndMark: "no record but the mark of its end"
        case 1: "1 record"
        default: "\(recordCount) records"
        }
    }
}
