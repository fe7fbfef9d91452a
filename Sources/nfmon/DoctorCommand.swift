import ArgumentParser
import Doctor
import FlowModel
import Ingest
import Reports

/// `nfmon doctor`: what on this host would make the answers wrong, with the command that mends each.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "What on this host would make the answers wrong, each with the command that mends it.",
        discussion: """
            Looks at conntrack's settings, its table and what it fails, at receive buffers, the rules that log to groups (nft and \
            iptables are asked where they are installed), who reads these groups, other listeners, flowtables, the clock. One \
            line a finding: its name, what is wrong, and the command. Give the options that you give to the other commands.

            It only reads. For --interval it listens to conntrack's events, as the other commands do; a group that nobody reads \
            and nothing feeds is taken for a moment, to learn whether the kernel attaches conntrack's entry to logged packets.

            Exit status: 0 nothing found; 1 findings; 2 not everything could be looked at, whatever was found.

            Examples:
              nfmon doctor
              nfmon doctor --netns fw --group 100 --group 101
              nfmon doctor -o json | jq -r '.findings[] | .command // .advice'
            """)

    @OptionGroup var sources: SourceOptions

    @Option(
        name: .long,
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long to watch what must not grow: drops, failures, the clock. (default: 1s)", valueName: "duration"),
        transform: TimeSpan.init(parsing:))
    var interval: TimeSpan?

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "How to write the findings: table, compact, json, ndjson or csv.")
    var output = SessionFormat.table

    func validate() throws {
        try sources.checkLanes()
        try IdleOption.refuse(
            sources.bufferOptionsButConntracks + sources.capture.options, "doctor has no use for it: leave it out.")
    }

    func run() throws {
        let diagnosis: Diagnosis
        do throws(IngestError) {
            diagnosis = try examine()
            try write(diagnosis)
        } catch {
            Talk.say(error.description)
            throw error.kind == .inputOutput ? error.exitCode : Self.couldNotLook
        }
        if !diagnosis.unlooked.isEmpty { throw Self.couldNotLook }
        if !diagnosis.findings.isEmpty { throw ExitCode(1) }
    }

    private static let couldNotLook = ExitCode(2)

    private func examine() throws(IngestError) -> Diagnosis {
        let stop = try Signal()
        try stop.raiseOnTermination()
        var look = HostLook()
        if let name = sources.netns { try NetworkNamespace.enter(name) }
        look.groups = sources.noNFLog ? [] : sources.groups.numbers
        look.readsConntrack = !sources.noConntrack
        if let interval { look.interval = interval.nanoseconds }
        if let buffer = sources.conntrackBuffer { look.receiveBuffer = buffer.bytes }
        var question = Examination.Question(groups: look.groups, readsConntrack: look.readsConntrack)
        if !look.hasIPTables { question.ruleTool = .nft }
        return Examination(look.facts(unless: stop), question, sources.shell).diagnosis
    }

    private func write(_ diagnosis: Diagnosis) throws(IngestError) {
        let report = DiagnosisReport(format: output)
        var text: [UInt8] = []
        report.append(diagnosis, into: &text)
        _ = try OutputStream().write(&text)
        guard !output.carriesSummary else { return }
        var summary = Array("nfmon: ".utf8)
        report.appendSummary(of: diagnosis, into: &summary)
        StandardError.write(text: summary)
    }
}

extension SourceOptions {
    /// How commands for the namespace that is looked at are written.
    var shell: Shell { Shell(namespace: netns) }
}
