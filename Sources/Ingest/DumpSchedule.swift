internal import FlowModel

/// When the conntrack table is dumped next, and why. Times are nanoseconds of the monotonic clock.
struct DumpSchedule {
    /// The least pause after a dump, so that a table that is always dirty does not keep a processor busy.
    private static let leastPause: UInt64 = 100_000_000
    /// The longest time from one dump to the next, whatever it costs.
    private static let greatestPause: UInt64 = 3_600_000_000_000
    /// The greatest pause before a lost event is made good while more are lost.
    private static let greatestBackoff: UInt64 = 10_000_000_000
    /// So long after the last loss an overrun is over: what was lost is made good now, whatever the backoff.
    private static let calm: UInt64 = 250_000_000

    private(set) var isRunning = false
    private var sequence = DumpSequence()
    private var startedAt: UInt64 = 0
    private var endedAt: UInt64 = 0
    private var lastDuration: UInt64 = 0
    private var lastProcessorTime: UInt64 = 0
    /// When the next periodic one may be, so that dumps do not take more of a processor than they may.
    private var affordableAt: UInt64 = 0
    /// How many dumps in a row were made because events were lost.
    private var overrunCount: UInt64 = 0
    private var lastLossAt: UInt64 = 0
    private var wanted: (cause: DumpStart.Cause, at: UInt64)?

    /// A dump begins.
    ///
    /// - Returns: its request's sequence number.
    mutating func begin(_ cause: DumpStart.Cause, at now: UInt64) -> UInt32 {
        isRunning = true
        startedAt = now
        wanted = nil
        overrunCount = cause == .overrun ? overrunCount + 1 : 0
        return sequence.next(cause)
    }

    /// The dump waits so long for the output, which is no part of what it costs.
    mutating func pause(for nanoseconds: UInt64) { startedAt &+= nanoseconds }

    /// The dump has ended.
    ///
    /// - Parameter processorTime: what it took of a processor. Not its duration, which is also that of what the thread did meanwhile.
    mutating func end(at now: UInt64, interval: UInt64, processorTime: UInt64, processorShare: Double) {
        isRunning = false
        endedAt = now
        lastDuration = now &- startedAt
        lastProcessorTime = processorTime
        plan(interval: interval, processorShare: processorShare)
    }

    /// Plans the periodic dump that follows the last one. One that runs or is wanted for another cause is not put off.
    ///
    /// - Parameters:
    ///   - interval: from its beginning to that of the next one, if dumps may take so much of a processor; 0 is no next one.
    ///   - processorShare: what dumps may take of one processor, in percent; 0 is all they need.
    mutating func plan(interval: UInt64, processorShare: Double) {
        guard !isRunning else { return }
        affordableAt = startedAt
        if processorShare > 0 {
            let pause = Double(lastProcessorTime) * 100 / processorShare
            affordableAt &+= UInt64(exactly: pause.rounded()).map { min($0, Self.greatestPause) } ?? Self.greatestPause
        }
        if let wanted, wanted.cause != .periodic { return }
        wanted = nil
        guard interval > 0 else { return }
        let rested = endedAt &+ min(interval, Self.leastPause)
        wanted = (.periodic, max(rested, startedAt &+ interval, affordableAt))
    }

    /// Events were lost.
    mutating func noteLoss(at now: UInt64) { lastLossAt = now }

    /// A dump is wanted soon: as soon as the last one is long enough ago. After an overrun that is sooner, but twice as late
    /// each time that events go on to be lost; when no more are, it is at once.
    mutating func want(_ cause: DumpStart.Cause, at now: UInt64) {
        guard !isRunning else { return }
        let pause = max(Self.leastPause, lastDuration)
        let soon: UInt64
        if cause == .overrun {
            let backoff = endedAt &+ min(pause << min(overrunCount, 5), Self.greatestBackoff)
            // Of a great table not at once after every burst: its dump would take most of the time.
            let rested = endedAt &+ max(Self.leastPause, lastDuration << min(overrunCount, 3))
            soon = max(now, min(backoff, max(rested, lastLossAt &+ Self.calm)))
            // A later loss puts off what waits for calm, but never a dump that was due anyway.
            if let wanted, wanted.cause == .overrun, wanted.at <= min(backoff, now) { return }
            if let wanted, wanted.cause != .overrun, wanted.at < soon {
                self.wanted = (cause, wanted.at)
                return
            }
        } else {
            soon = max(now, endedAt &+ pause, affordableAt)
            if let wanted, wanted.at <= soon { return }
        }
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
