internal import FlowModel

/// When the conntrack table is dumped next, and why. Times are nanoseconds of the monotonic clock.
struct DumpSchedule {
    /// The least pause after a dump, so that a table that is always dirty does not keep a processor busy.
    private static let leastPause: UInt64 = 100_000_000

    private(set) var isRunning = false
    private var sequence = DumpSequence()
    private var startedAt: UInt64 = 0
    private var endedAt: UInt64 = 0
    private var lastDuration: UInt64 = 0
    private var wanted: (cause: DumpStart.Cause, at: UInt64)?

    /// A dump begins.
    ///
    /// - Returns: its request's sequence number.
    mutating func begin(_ cause: DumpStart.Cause, at now: UInt64) -> UInt32 {
        isRunning = true
        startedAt = now
        wanted = nil
        return sequence.next(cause)
    }

    /// The dump has ended; the next one is due after `interval`, or after `leastPauseFactor` times the dump's duration if
    /// that is longer; or never if `interval` is 0.
    mutating func end(at now: UInt64, interval: UInt64, leastPauseFactor: UInt64) {
        isRunning = false
        endedAt = now
        lastDuration = now &- startedAt
        if interval > 0 {
            wanted = (.periodic, now &+ max(interval, lastDuration &* leastPauseFactor))
        }
    }

    /// A dump is wanted soon: as soon as the last one is long enough ago.
    mutating func want(_ cause: DumpStart.Cause, at now: UInt64) {
        guard !isRunning else { return }
        let soon = max(now, endedAt &+ max(Self.leastPause, lastDuration))
        if let wanted, wanted.at <= soon, cause != .overrun || wanted.cause == .overrun { return }
        wanted = (cause, soon)
    }

    /// The cause of the dump that is due, `nil` while none is.
    func due(at now: UInt64) -> DumpStart.Cause? {
        guard !isRunning, let wanted, wanted.at <= now else { return nil }
        return wanted.cause
    }

    /// Nanoseconds until the next dump is due, `nil` where none is planned.
    func wait(at now: UInt64) -> UInt64? {
        guard !isRunning, let wanted else { return nil }
        return wanted.at > now ? wanted.at - now : 0
    }
}
