import FlowModel
import Ingest

/// Looks at the host's settings while a command listens: somebody may switch off what the answer is made of.
struct HostWatch {
    /// Nanoseconds between two looks.
    private static let interval: UInt64 = 1_000_000_000

    private let options: SourceOptions
    private var notes: [String] = []
    private var lastLook: UInt64 = 0
    /// When conntrack's events were off: there may be sessions of that time of which nothing was told.
    private var eventsOff = OffTimes()

    /// Looks for the first time, and warns of what it finds.
    init(_ options: SourceOptions) {
        self.options = options
        look()
    }

    /// Nanoseconds until the next look is due.
    func timeout(at now: UInt64) -> UInt64 {
        let age = now &- lastLook
        return age < Self.interval ? Self.interval - age : 0
    }

    /// Looks if it is time, and warns of what has changed for the worse.
    mutating func lookIfDue(at now: UInt64) {
        if timeout(at: now) == 0 { look() }
    }

    /// Looks once more, and tells the summary what it has seen since the beginning.
    mutating func conclude(_ summary: inout TableSummary) {
        look()
        summary.eventsWereOff = eventsOff.span != nil
        summary.eventsOffSpan = eventsOff.span
    }

    private mutating func look() {
        lastLook = ReceiveTime.now.monotonic
        let current = AnswerNotes.gather(options)
        for note in current where !notes.contains(note) { Talk.warn(note) }
        notes = current
        if !options.noConntrack {
            eventsOff.look(isOff: KernelSettings.eventsMode == 0, at: ReceiveTime.now.wall)
        }
    }
}
