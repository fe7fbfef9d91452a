import FlowModel

/// The sessions of denied attempts: one for each source, destination, port, protocol and rule.
///
/// Whoever tries again takes another source port, so these are folded into one. Whoever tries one port after the other has a
/// session for each of the first few; the rest is one session, the scan. They are no candidates for packets that pass, so they
/// have an index of their own.
struct DeniedSessions: ~Copyable {
    /// How many ports of one destination have sessions of their own, for each source and rule, before it is a scan.
    static let portLimit = 16

    /// What a source does to a destination under one rule.
    struct Pair {
        /// Addresses and protocol; no ports.
        var key: FlowKey
        var rule: NameID
        var verdict: Verdict
        /// Sessions of single ports.
        var portCount = 0
        /// The session of all further ports.
        var scan = UInt32.max
    }

    /// From the one unused for longest to the one used last.
    var ages = AgeList()
    var pairs = Slab(filler: Pair(key: .empty, rule: .none, verdict: .unknown))
    /// Of sessions by their tuple without its source port (`.original`), and of pairs by their key (`.middle`).
    private var index = SessionIndex()

    var count: Int { ages.count }

    /// The session of one port that `isMeant` picks among those of the tuple.
    ///
    /// - Parameter hash: of the tuple without its source port.
    func session(_ hash: UInt32, where isMeant: (UInt32) -> Bool) -> UInt32? {
        find(hash, .original, where: isMeant)
    }

    func pair(_ hash: UInt32, where isMeant: (Pair) -> Bool) -> UInt32? {
        find(hash, .middle) { isMeant(pairs[$0]) }
    }

    mutating func enter(session slot: UInt32, _ hash: UInt32) {
        index.insert(hash, SessionIndex.Reference(slot: slot, role: .original))
    }

    mutating func leave(session slot: UInt32, _ hash: UInt32) {
        index.remove(hash, SessionIndex.Reference(slot: slot, role: .original))
    }

    mutating func insert(_ pair: Pair, _ hash: UInt32) -> UInt32 {
        let place = pairs.insert(pair)
        index.insert(hash, SessionIndex.Reference(slot: place, role: .middle))
        return place
    }

    /// Forgets a pair of which no session is left.
    mutating func removeIfEmpty(pair place: UInt32, _ hash: UInt32) {
        guard pairs[place].portCount == 0, pairs[place].scan == .max else { return }
        index.remove(hash, SessionIndex.Reference(slot: place, role: .middle))
        pairs.remove(place)
    }

    private func find(_ hash: UInt32, _ role: TupleRole, where isMeant: (UInt32) -> Bool) -> UInt32? {
        guard index.count > 0 else { return nil }
        var probe = index.probe(hash)
        while let entry = index.next(&probe) {
            if entry.role == role, isMeant(entry.slot) { return entry.slot }
        }
        return nil
    }
}
