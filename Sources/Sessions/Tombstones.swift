import FlowModel

/// The sessions that ended a moment ago.
///
/// The kernel sends DESTROY before it takes the entry out of its table, so a dump that runs meanwhile still shows it (26 %
/// of the rows under churn, measured), and another reader's reliable mode makes it send DESTROY twice: late words about the
/// dead must not bring them back to life.
struct Tombstones {
    /// Nanoseconds that a tombstone stands after its session's end, and after the end of a dump that ran meanwhile.
    static let grace: UInt64 = 2_000_000_000

    /// How many stand at most, also while a dump takes for ever; the oldest go first.
    static let limit = 262_144

    private struct Grave {
        var id: SessionID
        var buriedAt: UInt64
    }

    private var ids: [SessionID: UInt64] = [:]
    /// Oldest first, from `head` on.
    private var graves: [Grave] = []
    private var head = 0

    /// - Complexity: O(1) amortised.
    mutating func bury(_ id: SessionID, at now: UInt64) {
        ids[id] = now
        graves.append(Grave(id: id, buriedAt: now))
        if graves.count - head > Self.limit { forgetFirst() }
    }

    func contains(_ id: SessionID) -> Bool { !ids.isEmpty && ids[id] != nil }

    /// The kernel gave the identity to a new session.
    mutating func exhume(_ id: SessionID) { ids[id] = nil }

    /// Forgets those buried before `limit`.
    mutating func forget(before limit: UInt64) {
        while head < graves.count, graves[head].buriedAt < limit { forgetFirst() }
    }

    private mutating func forgetFirst() {
        let grave = graves[head]
        if ids[grave.id] == grave.buriedAt { ids[grave.id] = nil }
        head += 1
        if head > 1024, head * 2 > graves.count {
            graves.removeFirst(head)
            head = 0
        }
    }
}
