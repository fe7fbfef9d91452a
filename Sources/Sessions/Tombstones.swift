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

    /// A ring of up to ``limit``: the oldest is at `first`, and `count` are in use.
    private var graves: [Grave] = []
    private var first = 0
    private(set) var count = 0
    /// From an identity's hash to the places of its graves.
    private var index = SessionIndex()

    /// - Complexity: O(1) amortised.
    mutating func bury(_ id: SessionID, at now: UInt64) {
        if count == Self.limit { forgetFirst() }
        if count == 0 { first = 0 }  // so that the ring grows no further than it must
        let place = (first + count) % Self.limit
        if place == graves.count {
            graves.append(Grave(id: id, buriedAt: now))
        } else {
            graves[place] = Grave(id: id, buriedAt: now)
        }
        count += 1
        index.insert(id.hash, Self.reference(place))
    }

    /// - Complexity: O(1) on average.
    func contains(_ id: SessionID) -> Bool { count > 0 && place(of: id) != nil }

    /// The kernel gave the identity to a new session.
    mutating func exhume(_ id: SessionID) {
        while let place = place(of: id) { index.remove(id.hash, Self.reference(place)) }
    }

    /// Forgets those buried before `limit`.
    mutating func forget(before limit: UInt64) {
        while count > 0, graves[first].buriedAt < limit { forgetFirst() }
    }

    private mutating func forgetFirst() {
        index.remove(graves[first].id.hash, Self.reference(first))
        first = (first + 1) % Self.limit
        count -= 1
    }

    private func place(of id: SessionID) -> Int? {
        var probe = index.probe(id.hash)
        while let reference = index.next(&probe) {
            if graves[Int(reference.slot)].id == id { return Int(reference.slot) }
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
