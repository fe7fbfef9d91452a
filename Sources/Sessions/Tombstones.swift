import FlowModel

/// The sessions that ended a moment ago.
///
/// The kernel sends DESTROY before it takes the entry out of its table, so a dump that runs meanwhile still shows it (26 %
/// of the rows under churn, measured), and another reader's reliable mode makes it send DESTROY again and again, for as long as
/// that reader is stalled: late words about the dead must not bring them back to life, nor end them twice.
struct Tombstones {
    /// Nanoseconds for which a tombstone tells that any word about its session is late, after the session's end, and after the
    /// end of a dump that ran meanwhile.
    static let grace: UInt64 = 2_000_000_000

    /// How many stand at most, also while a dump takes for ever; the oldest go first.
    static let limit = 262_144

    /// How many are kept beyond the grace, when they tell of repeated ends alone.
    static let keptCount = 65_536

    private struct Grave {
        var id: SessionID
        var buriedAt: UInt64
        /// The kernel's stamp of the end.
        var endedAt: Timestamp?
    }

    /// A ring of up to ``limit``: the oldest is at `first`, and `count` are in use.
    private var graves: [Grave] = []
    private var first = 0
    private(set) var count = 0
    /// From an identity's hash to the places of its graves.
    private var index = SessionIndex()
    /// Those buried before tell of repeated ends alone.
    private var oldestFresh: UInt64 = 0

    /// - Parameter endedAt: the kernel's stamp of the end, by which it is known again; `nil` where it gave none.
    /// - Complexity: O(1) amortised.
    mutating func bury(_ id: SessionID, endedAt: Timestamp? = nil, at now: UInt64) {
        if count == Self.limit { forgetFirst() }
        if count == 0 { first = 0 }  // so that the ring grows no further than it must
        let place = (first + count) % Self.limit
        if place == graves.count {
            graves.append(Grave(id: id, buriedAt: now, endedAt: endedAt))
        } else {
            graves[place] = Grave(id: id, buriedAt: now, endedAt: endedAt)
        }
        count += 1
        index.insert(id.hash, Self.reference(place))
    }

    /// Whether the session has just ended, so that a word about it is late.
    ///
    /// - Complexity: O(1) on average, as of the others.
    func contains(_ id: SessionID) -> Bool { place(of: id) { $0.buriedAt >= oldestFresh } != nil }

    /// Whether this very end was told before, however long ago.
    func contains(endOf id: SessionID, at endedAt: Timestamp?) -> Bool {
        guard let endedAt else { return false }
        return place(of: id) { $0.endedAt == endedAt } != nil
    }

    /// The kernel gave the identity to a new session.
    mutating func exhume(_ id: SessionID) {
        while let place = place(of: id, where: { _ in true }) { index.remove(id.hash, Self.reference(place)) }
    }

    /// Whoever was buried before `limit` has ended long ago: a word about it is about another session, unless it is the same
    /// end again.
    mutating func forget(before limit: UInt64) {
        oldestFresh = limit
        while count > Self.keptCount, graves[first].buriedAt < limit { forgetFirst() }
    }

    private mutating func forgetFirst() {
        index.remove(graves[first].id.hash, Self.reference(first))
        first = (first + 1) % Self.limit
        count -= 1
    }

    private func place(of id: SessionID, where isMeant: (Grave) -> Bool) -> Int? {
        guard count > 0 else { return nil }
        var probe = index.probe(id.hash)
        while let reference = index.next(&probe) {
            let grave = graves[Int(reference.slot)]
            if grave.id == id, isMeant(grave) { return Int(reference.slot) }
        }
        return nil
    }

    private static func reference(_ place: Int) -> SessionIndex.Reference {
        SessionIndex.Reference(slot: UInt32(place), role: .original)
    }
}

extension SessionID {
    /// The identity is a hash already, and of a number that only the kernel knows before.
    fileprivate var hash: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}
