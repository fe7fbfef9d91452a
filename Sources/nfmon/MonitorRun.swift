import FlowModel
import Ingest
import Logging
import Monitor
import Server
import Settings

/// One run of the monitor: what is made, in which order it begins and ends, and what happens in between.
struct MonitorRun {
    /// Nanoseconds between two looks at how the monitor is, for the service manager to show.
    private static let tick: UInt64 = 2_000_000_000
    /// Nanoseconds for which the last lines of the log are waited for at the end.
    private static let farewell: UInt64 = 200_000_000

    private let stop: Signal
    private let reload: Signal
    private let ready: Signal
    private let rules: MonitorLog.Rules
    private let lines: LineQueue
    private let log: Logger
    private let manager: ServiceManager?
    private let readSettings: () throws -> MonitorSettings
    private var settings: MonitorSettings
    private var isReady = false
    private var isSocketThere = true
    private var state = ""

    /// - Parameters:
    ///   - reload: raised when the settings are to be read anew.
    ///   - readSettings: reads them.
    init(
        _ settings: MonitorSettings, reload: Signal,
        readingAgain readSettings: @escaping () throws -> MonitorSettings
    ) throws(IngestError) {
        self.settings = settings
        self.readSettings = readSettings
        self.reload = reload
        (stop, ready) = (try Signal(), try Signal())
        try stop.raiseOnTermination()
        rules = MonitorLog.Rules(settings.log)
        lines = try MonitorLog.queue(rules)
        log = MonitorLog.logger(rules, to: lines)
        manager = ServiceManager()
    }

    /// Runs until the process is told to end.
    mutating func run() throws(IngestError) {
        var random = SystemRandomNumberGenerator()
        let log = log, ready = ready
        defer {
            lines.finish(within: Self.farewell)
            lines.stop()
        }
        let monitor = try Monitor(settings, version: NFMon.version, random: &random)
        let server: MonitorServer
        do throws(IngestError) {
            server = try MonitorServer(monitor: monitor, settings: settings, logger: log)
            // It goes first: a second monitor shall have no group and no dump before it learns that it is one too many.
            try server.start()
        } catch {
            monitor.stop()
            throw error
        }
        do throws(IngestError) {
            try monitor.start(onReady: { ready.raise() }, tell: { log.log(level: $0.level, "\($0.sentence)") })
            try watch(monitor, server)
        } catch {
            monitor.stop()
            server.stop()
            throw error
        }
        manager?.tell(["STOPPING=1", "STATUS=ending"])
        // The stream ends first, so that its readers are told so, and not cut off.
        monitor.stop()
        server.stop()
        log.info("ended")
    }

    /// - Throws: where nothing can be read for want of privilege, which does not come back to a process.
    private mutating func watch(_ monitor: Monitor, _ server: MonitorServer) throws(IngestError) {
        let turns = TurnCounter()
        let life = try LifeWatch(manager, log) {
            monitor.loops + server.askLoops() + [WatchedLoop(name: "the monitor's main thread", turns: turns)]
        }
        defer { life.end() }
        while !stop.isRaised {
            turns.add()
            Signal.wait(for: isReady ? [stop, reload] : [stop, reload, ready], timeout: Self.tick)
            if reload.isRaised {
                reload.lower()
                readAgain(monitor)
            }
            if !isReady, ready.isRaised {
                if let refusal = monitor.refusal { throw refusal }
                isReady = true
                manager?.tell(["READY=1"])
            }
            tellState(of: monitor)
            look(for: server)
        }
    }

    /// Tells when the socket's file is gone, once each time: nobody can ask the monitor then.
    private mutating func look(for server: MonitorServer) {
        let isThere = server.isSocketThere
        if isSocketThere, !isThere {
            log.warning("the socket \(settings.socket.path) is gone, and nobody can ask on it: restart the monitor")
        }
        isSocketThere = isThere
    }

    /// Tells the service manager how the monitor is.
    private mutating func tellState(of monitor: Monitor) {
        guard let manager else { return }
        let status = monitor.status
        let down = status.sources.filter { $0.state.keyword == "down" }.map(\.name)
        let up = status.sources.filter { $0.state.keyword == "up" }.map(\.name)
        let lines = [
            "\(status.summary.sessionCount) sessions", up.isEmpty ? nil : "reading \(up.joined(separator: ", "))",
            down.isEmpty ? nil : "down: \(down.joined(separator: ", "))",
        ]
        let state = lines.compactMap(\.self).joined(separator: "; ")
        // A manager that takes nothing just now is told at the next turn.
        if state != self.state, manager.tell(["STATUS=\(state)"], waits: false) { self.state = state }
    }

    // MARK: Settings

    /// Reads the settings again and takes over what can change; a mistake in them changes nothing.
    private mutating func readAgain(_ monitor: Monitor) {
        manager?.tell(["RELOADING=1", "MONOTONIC_USEC=\(ReceiveTime.now.monotonic / 1000)"])
        defer { if isReady { manager?.tell(["READY=1"]) } }
        let new: MonitorSettings
        do {
            new = try readSettings()
        } catch let error as SettingsError {
            for line in error.lines { log.error("\(line)") }
            return log.error("the configuration is not taken over: the monitor goes on as before")
        } catch {
            return log.error("the configuration is not taken over: \(error)")
        }
        for key in settings.takeOver(new) {
            log.warning("\(key.path) changes with the next start only: restart the monitor for it")
        }
        rules.current = settings.log
        monitor.change(to: settings)
        log.info("the configuration was read again")
    }
}
