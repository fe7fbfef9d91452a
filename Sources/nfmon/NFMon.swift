import ArgumentParser
import Ingest

/// The command line's root.
@main
struct NFMon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nfmon",
        abstract:
            "Who talks to whom through this firewall, how much, under which rule, behind which NAT - and how complete the answer is.",
        discussion: """
            Two views of the kernel's netfilter become one table of sessions: conntrack, which knows sessions, NAT and exact \
            totals, and NFLOG, which knows the interface and the rule of the packets that a rule like this one logs:

              iptables -I FORWARD -j NFLOG --nflog-group 100 --nflog-prefix lan-out

            A prefix VERDICT:RULE, such as drop:ssh-bruteforce, also tells the verdict (accept, drop or reject).

            Examples:
              nfmon sessions --top            what moves most bytes now
              nfmon sessions -o json          every session, for a program
              nfmon events                    the session events as they come, one JSON object a line
              nfmon events -o compact         the same for people
              nfmon compare -i lan0 -i wan0   do conntrack, NFLOG and the packets themselves tell the same?
              nfmon doctor                    what on this host would make the answers wrong
              nfmon record firewall.pcap      what the kernel sends, to look at later
              nfmon sessions --top -r firewall.pcap

            Data goes to the standard output, everything else to the standard error. Exit status: 0 all went well (also when \
            the reader of sessions or events went away, or after Ctrl-C); 64 a wrong option; 65 a file that is no savefile, or is \
            damaged; 69 something that is needed is not there or is taken (conntrack, a namespace, an NFLOG group chosen by \
            --group or --no-conntrack; without these a taken group is a warning); 74 reading or writing failed (a full disk, \
            a reader of record - that went away); \
            77 the privilege is missing. Of doctor: 1 there are findings; 2 not everything could be looked at.
            """,
        version: "nfmon \(version)",
        subcommands: [
            RunCommand.self, SessionsCommand.self, EventsCommand.self, StatusCommand.self, RecordCommand.self,
            CompareCommand.self, DoctorCommand.self,
        ])

    static let version = "0.1.0"

    /// - Throws: of an option that the command does not have, that; the word behind it would else be taken for something of its own.
    static func command(of words: [String]) throws -> any ParsableCommand {
        do { return try parseAsRoot(CommandLineWords.gathered(words)) } catch {
            throw UnknownOption.error(of: words) ?? error
        }
    }

    /// Like ParsableCommand's own, but what it echoes of a wrong command line is escaped before it reaches the terminal.
    static func main() {
        StandardStreams.occupy()
        do {
            var command = try command(of: Array(CommandLine.arguments.dropFirst()))
            try command.run()
        } catch {
            let code = exitCode(for: error)
            guard code != .success, !(error is ExitCode) else { exit(withError: error) }
            Talk.repeat(fullMessage(for: error))
            exit(withError: code)
        }
    }
}
