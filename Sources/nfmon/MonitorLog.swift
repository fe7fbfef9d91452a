import FlowModel
import Ingest
import Logging
import Reports
import Settings

/// The monitor's log, on the standard error: lines for people and for the journal, or JSON objects.
struct MonitorLog: LogHandler {
    /// What is written and how; the same for all loggers, and changed while they run.
    final class Rules: Sendable {
        private let settings: Lock<LogSettings>

        init(_ settings: LogSettings) { self.settings = Lock(settings) }

        var current: LogSettings {
            get { settings.withLock { $0 } }
            set { settings.withLock { $0 = newValue } }
        }
    }

    /// Writes lines beside everything else: a log that nobody reads holds nobody up.
    static func queue(_ rules: Rules) throws(IngestError) -> LineQueue {
        try LineQueue(tellLoss: { count in
            let lines = count == 1 ? "1 line" : "\(count) lines"
            return Self.text(.warning, "\(lines) of the log lost, as nobody read it in time", by: rules)
        })
    }

    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let rules: Rules
    private let queue: LineQueue
    private var ownLevel = Logger.Level.trace

    init(_ rules: Rules, to queue: LineQueue) {
        self.rules = rules
        self.queue = queue
    }

    /// A logger that writes by these rules.
    static func logger(_ rules: Rules, to queue: LineQueue) -> Logger {
        Logger(label: "nfmon") { _ in MonitorLog(rules, to: queue) }
    }

    /// What this logger writes at least; never more than the rules want.
    var logLevel: Logger.Level {
        get { max(ownLevel, Logger.Level(rules.current.level)) }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var details = metadata
        for own in [metadataProvider?.get(), event.metadata].compactMap(\.self) { details.merge(own) { $1 } }
        if let error = event.error { details["error"] = "\(error)" }
        queue.append(
            Self.text(
                event.level, "\(event.message)",
                details: details.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }, by: rules))
    }

    private static func text(
        _ level: Logger.Level, _ message: String, details: [(name: String, value: String)] = [], by rules: Rules
    ) -> [UInt8] {
        let line = LogLine(
            time: ReceiveTime.now.wall, level: LogSettings.Level(level).rawValue, message: message, details: details)
        var text: [UInt8] = []
        switch rules.current.format {
        case .json: line.appendJSON(to: &text)
        case .text: line.append(to: &text, priority: StandardError.isJournal ? level.priority : nil)
        }
        return text
    }
}

extension Logger.Level {
    fileprivate init(_ level: LogSettings.Level) {
        self =
            switch level {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
    }

    /// The journal's number for it (syslog(3)).
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}

extension LogSettings.Level {
    fileprivate init(_ level: Logger.Level) {
        self =
            switch level {
            case .trace, .debug: .debug
            case .info, .notice: .info
            case .warning: .warning
            case .error, .critical: .error
            }
    }
}
