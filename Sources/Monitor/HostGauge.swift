import Doctor
import FlowModel
import Ingest
import Settings

/// How the host is set, as far as answers depend on it.
struct HostState: Sendable {
    /// What makes answers less than they could be, each with its cure.
    var notes: [String] = []
    /// When conntrack's events were off: nothing was told of sessions that came and went then.
    var eventsOff = OffTimes()
    /// How full conntrack's table is; `nil` where nobody knows.
    var fill: TableFill?
}

/// Looks at the host's settings once a second: somebody may switch off what answers are made of. In the thread that is in the
/// network namespace in question.
struct HostGauge {
    private static let interval: UInt64 = 1_000_000_000

    private(set) var state = HostState()
    private let readsConntrack: Bool
    private let shell: Shell
    private let tell: @Sendable (MonitorNews) -> Void
    private var lastLook: UInt64?

    init(_ settings: SourceSettings, _ tell: @escaping @Sendable (MonitorNews) -> Void) {
        readsConntrack = settings.readsConntrack
        shell = Shell(namespace: settings.namespace)
        self.tell = tell
    }

    /// Looks if it is time, and tells what has changed for the worse.
    mutating func lookIfDue(at now: UInt64) {
        if let lastLook, now &- lastLook < Self.interval { return }
        lastLook = now
        guard readsConntrack else { return }
        let settings = KernelSettings.current
        let notes = Examination.findings(in: settings, shell).map { "\($0.sentence): \($0.cure.text)" }
        for note in notes where !state.notes.contains(note) { tell(.note(note)) }
        state.notes = notes
        state.eventsOff.look(isOff: settings.eventsMode == 0, at: ReceiveTime.now.wall)
        state.fill = KernelSettings.tableFill()
    }
}
