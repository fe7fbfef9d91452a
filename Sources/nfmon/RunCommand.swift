import ArgumentParser
import FlowModel
import Ingest
import Settings

/// `nfmon run`: the monitor that goes on.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "The monitor: reads the kernel for as long as it runs, keeps the table, and answers on a socket.",
        discussion: """
            It stays in the foreground and says what befalls it on the standard error. sessions, events and status ask it then, \
            and need no privilege for that. A source that cannot be opened, or fails, is tried again, at first after half a \
            second, then less and less often, up to every half minute; the others go on. nfmon status shows how they are.

            SIGHUP has it read its configuration again, SIGTERM and SIGINT end it. Started by systemd (Type=notify) it says \
            when it is ready, how it is, and that it is alive.

            Exit status: 0 it was told to end; 64 a wrong option; 69 the socket is taken, or what it needs is not there; 77 the \
            privilege is missing, so that nothing could be read; 78 the configuration file is wrong.

            Examples:
              nfmon run
              nfmon run --config ./nfmon.yaml --check
              nfmon run --group 100 --group 101 --log-level debug
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(
        name: .long, help: "Only check the configuration file and the options: the exit status is 0 if they are good.")
    var check = false

    func run() throws {
        // First of all: whoever asks for a reload while the settings are being read shall not end it.
        let reload: Signal
        do throws(IngestError) {
            reload = try Signal()
            try reload.raiseOnReload()
        } catch {
            throw Talk.fail(error)
        }
        let settings: MonitorSettings
        do {
            settings = try options.settings()
        } catch let error as SettingsError {
            error.lines.forEach(Talk.say)
            throw ExitCode(78)
        }
        guard !check else { return Talk.say("\(options.source): good") }
        do throws(IngestError) {
            // Before there is any thread, as each would keep what it was started with.
            try ProcessPrivileges.reduce(user: settings.user, entersNamespace: settings.sources.namespace != nil)
            var run = try MonitorRun(settings, reload: reload) { try options.settings() }
            try run.run()
        } catch {
            throw Talk.fail(error)
        }
    }
}

extension SettingsOptions {
    /// Where the settings come from, in words.
    fileprivate var source: String { config ?? "the configuration" }
}
