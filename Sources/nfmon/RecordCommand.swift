import ArgumentParser
import FlowModel
import Ingest
import Sessions

/// `nfmon record`: what the kernel sent, as a savefile.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Write what the kernel sends, both lanes, to a savefile that replays.",
        discussion: """
            The file is an ordinary pcap file of netlink messages (LINKTYPE_NETLINK): Wireshark and tshark open it, and \
            nfmon sessions -r and nfmon events -r make the same sessions and events of it as the live run would have, losses \
            included. Interface names and the table's dumps are in it.

            A recording tells who talks to whom: a new file is readable by its owner only. A file that exists is emptied and \
            keeps its owner and mode, as with tcpdump: look at them before, or remove it.

            Example:
              nfmon record --for 10m firewall.pcap
              nfmon sessions --top -r firewall.pcap
            """)

    @OptionGroup var sources: SourceOptions

    @Option(
        name: .customLong("for"), help: ArgumentHelp("Stop after this time: 30s, 15m, 2h.", valueName: "duration"),
        transform: TimeSpan.init(parsing:))
    var duration: TimeSpan?

    @Argument(help: "The file to write, emptied first if it exists; - is the standard output.")
    var file: String

    func run() throws {
        do throws(IngestError) {
            let recorder = try Recorder(path: file)
            var table = sources.tableConfiguration
            table.tellsEvents = false
            let live = try LiveTable(sources, table, ConntrackSource.Configuration(), recorder: recorder)
            Talk.say("recording: \(live.description)")
            var watch = HostWatch(sources)
            let end = duration.map { ReceiveTime.now.monotonic &+ $0.nanoseconds }
            while !live.stop.isRaised, live.failure.first == nil, recorder.failure == nil {
                let now = ReceiveTime.now.monotonic
                if let end, now >= end { break }
                // A failed disk shows at the next look at the latest.
                Signal.wait(
                    for: [live.stop, live.change],
                    timeout: min(end.map { $0 - now } ?? .max, watch.timeout(at: now)))
                live.change.lower()
                watch.lookIfDue(at: ReceiveTime.now.monotonic)
                live.sweep.sweepIfDue()
            }
            let failure = live.finish()
            if let failure { throw failure }
            var summary = live.completeness
            watch.conclude(&summary)
            Talk.say("\(recorder.recordCount) records", summary)
        } catch {
            throw Talk.fail(error)
        }
    }
}
