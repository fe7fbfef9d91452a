public import FlowModel

/// The dump that runs, or ran last.
struct DumpProgress {
    var isRunning = false
    /// Counts the dumps; every touch of a session stamps it with the one that runs.
    var generation: UInt32 = 0
    var cause = DumpStart.Cause.initial
    var startedAt = Timestamp(nanoseconds: 0)
    /// When it began by the monotonic clock; 0 before the first.
    var begunAt: UInt64 = 0
    /// When the last one that has ended began.
    var lastBegunAt: UInt64 = 0
    /// From the beginning of one dump to that of the next, the last two times.
    var intervals: (UInt64, UInt64) = (0, 0)
    /// When the last dump ended; `nil` before the first.
    var lastEnd: ReceiveTime?
    /// Events were lost since it began: what it did not show may have come and gone.
    var isDirty = false
    /// Events were lost, or the last dump was not complete.
    var isNeeded = false
    /// It settles what the one before it, which made up for a loss, left in doubt.
    var isConfirming = false
    /// A message could not be read while it ran: what it did not show may have been in that.
    var isDamaged = false
    /// When the first dump began, and with it the listening; `nil` before.
    var listeningSince: Timestamp?
    /// Whether there was a complete dump: whoever was there before nfmon listened has been seen.
    var hasShownAll = false
    /// Where the look at what the dump did not show has come to; `nil` where none is under way.
    var sweep: Sweep?
    var report = ResyncReport(cause: .initial)
    /// Sessions that the last complete dump did not show for the first time.
    var doubtfulCount = 0

    /// Nanoseconds for which a rate is one if no dump renews it: as long as it may take two to come, and never less than ten
    /// seconds.
    var greatestRateAge: UInt64 { max(10_000_000_000, 2 &* max(intervals.0, intervals.1)) }

    /// Whether a session that no NEW told of may be older than the listening.
    func mayPredateListener(_ entry: borrowing ConntrackEntry) -> Bool {
        guard let listeningSince, !hasShownAll else { return false }
        return entry.start.map { $0 < listeningSince } ?? true
    }
}

/// A look at all sessions after a dump.
struct Sweep {
    var position: UInt32 = 0
    /// When the dump ended.
    let time: ReceiveTime

    init(time: ReceiveTime) { self.time = time }
}

extension SessionTable {
    /// How many complete dumps in a row must not show a session before its end is inferred: a dump is no snapshot, and may
    /// skip an entry while the kernel's hash table changes.
    static var missesBeforeEnd: UInt8 { 2 }

    mutating func beginDump(_ start: DumpStart, at time: ReceiveTime) {
        dump.isRunning = true
        dump.generation &+= 1
        // The first one after a restart is the one that repairs, though nobody asked for it.
        let isFirst = start.cause == .restart && (dump.cause != .restart || dump.doubtfulCount == 0)
        dump.isConfirming = start.cause.isRepair && !dump.isNeeded && !isFirst
        dump.cause = start.cause
        dump.startedAt = time.wall
        if dump.begunAt > 0 { dump.intervals = (dump.intervals.1, time.monotonic &- dump.begunAt) }
        dump.begunAt = time.monotonic
        dump.isDirty = false
        dump.isDamaged = false
        if dump.listeningSince == nil { dump.listeningSince = time.wall }
        dump.report = ResyncReport(cause: start.cause)
        if isWorthTelling { tell(.resyncBegan(start.cause), at: time.wall) }
    }

    /// The end of a dump: what it should have shown and did not is ended, after a second miss.
    mutating func endDump(_ end: DumpEnd, at time: ReceiveTime) {
        guard dump.isRunning, dump.sweep == nil else { return }
        // What cannot be read would not be the next time either.
        dump.isNeeded = !end.isComplete || dump.isDirty
        guard end.isComplete, !dump.isDirty, !dump.isDamaged else { return concludeDump(isComplete: false, at: time) }
        dump.hasShownAll = true
        dump.doubtfulCount = 0
        dump.sweep = Sweep(time: time)
        goOnSweeping()
    }

    private mutating func concludeDump(isComplete: Bool, at time: ReceiveTime) {
        dump.isRunning = false
        dump.lastEnd = time
        dump.lastBegunAt = dump.begunAt
        dump.report.isComplete = isComplete
        // By the wall clock, which a recording keeps, so that a replay tells the same.
        dump.report.duration = UInt64(max(0, time.wall.nanoseconds(since: dump.startedAt)))
        summary.dumpCount &+= 1
        tally.add(dump.report)
        if isComplete { summary.completeDumpCount &+= 1 }
        summary.lastDumpWasComplete = isComplete
        if isWorthTelling { tell(.resync(dump.report), at: time.wall) }
    }

    /// Whether the stream tells of the dump: of those that make up for something, not of a look now and then.
    private var isWorthTelling: Bool {
        switch dump.cause {
        case .initial: configuration.tellsInitial
        case .overrun, .restart: true
        case .periodic: false
        }
    }

    /// Nanoseconds after a dump for which its counters are those of now.
    private static var counterAge: UInt64 { 500_000_000 }

    /// The sources have ended, and nobody will read the counters again: those of an earlier dump are what was then.
    mutating func doubtOldCounters(at time: ReceiveTime) {
        guard let lastEnd = dump.lastEnd, time.monotonic &- lastEnd.monotonic > Self.counterAge else { return }
        for slot in 0..<UInt32(records.extent) where records[slot].facts.isSuperset(of: [.live, .counters]) {
            records[slot].facts.insert(.countersAreOld)
        }
    }

    /// Whether a dump is wanted now, and why.
    public var wantedDump: DumpStart.Cause? {
        if dump.isRunning { return nil }
        if dump.isNeeded { return .overrun }
        // A further dump settles the end of what the last one did not show, and is told as that one was.
        guard dump.doubtfulCount > 0 else { return nil }
        return dump.cause.isRepair && !dump.isConfirming ? dump.cause : .periodic
    }

    /// Whether ends are still to be told that the last dump's led to.
    public var isSweeping: Bool { dump.sweep != nil }

    /// How many ends are told at a time though the queue of events is half full: a reader that is always behind must not keep
    /// the sweep from its end.
    private static var leastSlice: Int { 64 }

    /// Looks at sessions that the dump did not show, as long as the queue of events has room, and goes on when it has again:
    /// hundreds of thousands may have ended unseen.
    mutating func goOnSweeping(toTheEnd: Bool = false) {
        guard var sweep = dump.sweep else { return }
        var endedCount = 0
        while sweep.position < UInt32(records.extent) {
            let isFull = configuration.tellsEvents && events.count >= configuration.maximumEvents / 2
            if isFull, endedCount >= Self.leastSlice, !toTheEnd {
                dump.sweep = sweep
                return
            }
            if isMissed(sweep.position, at: sweep.time) {
                inferEnd(of: sweep.position, at: sweep.time)
                endedCount += 1
            }
            sweep.position += 1
        }
        dump.sweep = nil
        concludeDump(isComplete: true, at: sweep.time)
    }

    /// Whether the dump did not show a session, and that means its end.
    private mutating func isMissed(_ slot: UInt32, at time: ReceiveTime) -> Bool {
        guard records[slot].facts.isTracked, records[slot].generation != dump.generation else { return false }
        if records[slot].missCount < .max { records[slot].missCount &+= 1 }
        guard records[slot].missCount >= Self.missesBeforeEnd else {
            dump.doubtfulCount += 1
            return false
        }
        return !isEndOnItsWay(slot, at: time)
    }

    /// Nanoseconds for which an end that the kernel keeps for us is waited for.
    private static var greatestDelayOfEnd: Int64 { 60_000_000_000 }

    /// Whether the kernel still has the session's end for us: with reliable delivery, of sessions for which it sends events.
    private func isEndOnItsWay(_ slot: UInt32, at time: ReceiveTime) -> Bool {
        summary.subscription.contains(.reliable) && !records[slot].facts.contains(.predatesListener)
            && time.wall.nanoseconds(since: records[slot].lastSeen) < Self.greatestDelayOfEnd
    }
}
