import ArgumentParser
import Client
import FlowModel
import Ingest
import Reports

/// `nfmon status`: how the running monitor is.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How the running monitor is: sources, losses, resynchronisations, the stream, its own cost.",
        discussion: """
            Asks the monitor over its socket. Of each source: whether it reads, since when, how often it was opened again, and of \
            one that is down why, with the cure, and when it is tried again.

            Exit status: 0 all sources are up; 1 one is down; 69 no monitor answers; 77 the socket is not for this user.

            Examples:
              nfmon status
              nfmon status -o json | jq -r '.sources[] | select(.state == "down") | .reason'
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("The monitor's socket. (default: \(MonitorOption.defaultPath))", valueName: "path"))
    var socket: String?

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "How to write it: table, compact, json, ndjson or csv.")
    var output = SessionFormat.table

    func run() throws {
        let response: ClientResponse
        do throws(ClientError) {
            response = try MonitorOption.client(socket ?? MonitorOption.defaultPath)
                .get("/v1/status", [("format", output.rawValue)])
        } catch {
            throw Talk.fail(error)
        }
        do throws(IngestError) {
            let stop = try Signal()
            try stop.raiseOnTermination()
            var text = response.body
            _ = try OutputStream().write(&text, unless: stop)
        } catch {
            throw Talk.fail(error)
        }
        Talk.say(summary: response.head.summary)
        switch response.head["nfmon-sources"] {
        case "up": break
        case "down": throw ExitCode(1)
        default:
            throw Talk.fail(
                ClientError(
                    .foreign, "ask the monitor how it is", reason: "its answer does not say whether its sources are up",
                    cure: "it is of another version than this nfmon: start it again (systemctl restart nfmon)"))
        }
    }
}
