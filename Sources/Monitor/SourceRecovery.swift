import FlowModel

/// Whether a source reads, and when one that does not is tried again.
///
/// Time is passed in. A failure is followed by a pause of half a second, each further one by twice as much, up to half a minute; who
/// has read for so long begins with the short pause again.
struct SourceRecovery {
    static let leastPause: UInt64 = 500_000_000
    static let greatestPause: UInt64 = 30_000_000_000

    /// How the source is, as the status tells.
    private(set) var state: SourceStatus.State
    /// How often it was opened again after it had failed; not where other settings wanted it.
    private(set) var restartCount: UInt64 = 0
    /// Whether opening it was tried at all.
    private(set) var wasTried = false
    /// Whether it has ever read.
    private(set) var wasUp = false
    /// When it is to be opened, in nanoseconds of the monotonic clock; `nil` while it reads.
    private(set) var dueAt: UInt64?
    /// What the next failure is followed by.
    private var pause = leastPause
    private var upSince: UInt64 = 0

    /// To be opened now.
    init(at time: ReceiveTime) {
        state = .down(since: time.wall, reason: "it is being opened", retryAt: time.wall)
        dueAt = time.monotonic
    }

    var isUp: Bool { dueAt == nil }

    /// Since when it does not read; `nil` while it does.
    var downSince: Timestamp? {
        if case .down(let since, _, _) = state { since } else { nil }
    }

    func isDue(at now: UInt64) -> Bool { dueAt.map { $0 <= now } ?? false }

    /// It was opened.
    mutating func succeed(at time: ReceiveTime) {
        if wasUp, !isUp { restartCount &+= 1 }
        (wasTried, wasUp, dueAt, upSince) = (true, true, nil, time.monotonic)
        state = .up(since: time.wall)
    }

    /// It could not be opened, or has failed.
    ///
    /// - Returns: nanoseconds until it is tried again.
    @discardableResult
    mutating func fail(_ reason: String, at time: ReceiveTime) -> UInt64 {
        if isUp, time.monotonic &- upSince >= Self.greatestPause { pause = Self.leastPause }
        let wait = pause
        pause = min(pause * 2, Self.greatestPause)
        dueAt = time.monotonic &+ wait
        wasTried = true
        let retryAt = Timestamp(nanoseconds: time.wall.nanoseconds &+ Int64(clamping: wait))
        state = .down(since: downSince ?? time.wall, reason: reason, retryAt: retryAt)
        return wait
    }

    /// What kept it from being opened may be over: it is tried at once.
    mutating func hasten(at time: ReceiveTime) {
        guard case .down(let since, let reason, _) = state else { return }
        (dueAt, pause) = (time.monotonic, Self.leastPause)
        state = .down(since: since, reason: reason, retryAt: time.wall)
    }
}
