import FlowModel

extension SessionTable {
    /// A packet's or entry's place: the session, and which way it goes.
    struct Match {
        var slot: UInt32
        var direction: FlowDirection
    }

    /// Enters a session's tuples. Without translation one entry serves both directions.
    ///
    /// - Parameter hasOriginal: the original is in already.
    mutating func enter(_ slot: UInt32, hasOriginal: Bool = false) {
        forEachEntry(of: slot, butOriginal: hasOriginal) { $0.insert($1, $2) }
    }

    /// Takes a session's tuples out again; to be called before they change.
    mutating func leave(_ slot: UInt32) { forEachEntry(of: slot) { $0.remove($1, $2) } }

    private mutating func forEachEntry(
        of slot: UInt32, butOriginal: Bool = false,
        _ body: (inout SessionIndex, UInt32, SessionIndex.Reference) -> Void
    ) {
        if !butOriginal {
            let hash = hasher.hash(records[slot].original)
            body(&index, hash, SessionIndex.Reference(slot: slot, role: .original))
        }
        guard records[slot].isTranslated else { return }
        body(&index, hasher.hash(records[slot].reply), SessionIndex.Reference(slot: slot, role: .reply))
        if let middle = records[slot].middle {
            body(&index, hasher.hash(middle), SessionIndex.Reference(slot: slot, role: .middle))
        }
    }

    /// The session that conntrack calls by this original tuple, zone included.
    func find(original: FlowKey, hash: UInt32) -> UInt32? {
        var probe = index.probe(hash)
        while let entry = index.next(&probe) {
            if entry.role == .original, records[entry.slot].original == original,
                records[entry.slot].facts.isTracked
            {
                return entry.slot
            }
        }
        return nil
    }

    /// Sessions of one original tuple that have ended and are still kept.
    struct Departed {
        /// The one that ended first, and the one that did last.
        var first: UInt32
        var last: UInt32
        var count = 1
    }

    /// The sessions of this original tuple that have ended and are still kept; `nil` where there is none.
    ///
    /// - Parameters:
    ///   - id: conntrack's, where it is known: no other is meant. The kernel may give it out again at once, to a session of the same tuple.
    ///   - time: when a packet came: what had ended before does not have it.
    func departed(
        of original: FlowKey, hash: UInt32, id: UInt32? = nil, at time: Timestamp? = nil
    ) -> Departed? {
        var departed: Departed?
        var probe = index.probe(hash)
        while let entry = index.next(&probe) {
            guard entry.role == .original, records[entry.slot].original == original,
                records[entry.slot].facts.isSuperset(of: [.ended, .conntrack]),
                records[entry.slot].departureSlot != .max, id == nil || records[entry.slot].conntrackID == id
            else { continue }
            if let time, records[entry.slot].lastSeen < time { continue }
            guard var others = departed else {
                departed = Departed(first: entry.slot, last: entry.slot)
                continue
            }
            others.first = firstToEnd(others.first, entry.slot)
            if firstToEnd(others.last, entry.slot) == others.last { others.last = entry.slot }
            others.count += 1
            departed = others
        }
        return departed
    }

    private func firstToEnd(_ one: UInt32, _ other: UInt32) -> UInt32 {
        records[other].lastSeen < records[one].lastSeen ? other : one
    }

    /// Adds a session that has ended, and had not when the packet passed, to what a tuple leads to: of those that had it one after the other
    /// it is the first of which that is so.
    ///
    /// - Parameter hasTime: whether it is known when the packet passed; else it is the last, as packets come soon.
    func add(ended match: Match, to found: inout Found, hasTime: Bool = true) {
        guard case .one(let other) = found, records[other.slot].original == records[match.slot].original else {
            return found.add(match)
        }
        let first = firstToEnd(other.slot, match.slot)
        if (first == match.slot) == hasTime { found = .one(match) }
    }

    /// What a tuple as a packet shows it leads to.
    enum Found {
        case nothing
        case one(Match)
        /// Several sessions show the tuple, in different zones or at different stages of their translation, and the packet does
        /// not say which is its own.
        case ambiguous

        mutating func add(_ match: Match) {
            switch self {
            case .nothing: self = .one(match)
            case .one(let first): if first.slot != match.slot { self = .ambiguous }
            case .ambiguous: break
            }
        }
    }

    /// The session of a packet seen before or after translation, in either direction. A tracked session goes before one
    /// that has just ended, and that before one that only packets told of.
    ///
    /// - Parameters:
    ///   - hash: the tuple's.
    ///   - hook: where the packet was logged: a session whose packets do not show the tuple there does not have it. `nil` where
    ///     that does not matter.
    ///   - time: when the packet came; a session that had ended before does not have it. `nil` where the kernel does not say.
    func find(packet key: FlowKey, hash: UInt32, at hook: UInt8? = nil, _ time: Timestamp? = nil) -> Found {
        var probe = index.probe(hash)
        var tracked = Found.nothing
        var ended = Found.nothing
        var untracked = Found.nothing
        while let entry = index.next(&probe) {
            guard let direction = direction(of: key, at: entry) else { continue }
            if let hook, !records[entry.slot].shows(entry.role, direction, at: hook) { continue }
            let match = Match(slot: entry.slot, direction: direction)
            let facts = records[entry.slot].facts
            if facts.contains(.ended) {
                let end = records[entry.slot].lastSeen
                if time ?? end <= end { add(ended: match, to: &ended, hasTime: time != nil) }
            } else if facts.contains(.conntrack) {
                tracked.add(match)
            } else {
                untracked.add(match)
            }
        }
        if case .nothing = tracked {
            if case .nothing = ended { return untracked }
            return ended
        }
        if case .one(let match) = tracked, case .one = ended, isFromBefore(match.slot, time) { return ended }
        return tracked
    }

    /// Whether a packet came before a session's beginning: then it is of the one that had the tuple before, where one had.
    func isFromBefore(_ slot: UInt32, _ time: Timestamp?) -> Bool {
        guard let time, let start = session(slot).start else { return false }
        return time < start
    }

    /// How many waiting sessions of one tuple are told apart by conntrack's id.
    private static var greatestStrangerCount: Int { 8 }

    /// The session that only packets told of so far, and that a packet or an entry with this tuple belongs to.
    ///
    /// - Parameters:
    ///   - id: conntrack's, where it is known: of two zones' sessions that were told with theirs only one is it.
    ///   - isBounded: whether the ninth id of a tuple is taken for the eighth. Whoever sends one tuple over and over, each time
    ///     with an entry that is dropped, must not make the walk longer and longer.
    func find(untracked key: FlowKey, hash: UInt32, id: UInt32?, isBounded: Bool = false) -> Match? {
        var probe = index.probe(hash)
        var strangerCount = 0
        while let entry = index.next(&probe) {
            let facts = records[entry.slot].facts
            guard facts.isLive, !facts.contains(.conntrack), let direction = direction(of: key, at: entry) else {
                continue
            }
            let attached = records[entry.slot].conntrackID
            if let id, attached != 0, attached != id {
                strangerCount += 1
                if !isBounded || strangerCount < Self.greatestStrangerCount { continue }
            }
            return Match(slot: entry.slot, direction: direction)
        }
        return nil
    }

    /// Which way a packet with `key` goes in a session that it is known to belong to, whichever of the tuples it shows.
    ///
    /// A later fragment shows none, having no ports: its source tells.
    func direction(of key: FlowKey, in slot: UInt32) -> FlowDirection {
        direction(of: key, at: SessionIndex.Reference(slot: slot, role: .original))
            ?? direction(of: key, at: SessionIndex.Reference(slot: slot, role: .reply))
            ?? direction(of: key, at: SessionIndex.Reference(slot: slot, role: .middle))
            ?? (key.source == records[slot].reply.source ? .reply : .original)
    }

    /// Which way a packet with `key` goes in the session of an index entry; `nil` where the tuples differ.
    func direction(of key: FlowKey, at entry: SessionIndex.Reference) -> FlowDirection? {
        switch entry.role {
        case .original: direction(of: key, along: records[entry.slot].original)
        case .reply: direction(of: key, along: records[entry.slot].reply)?.opposite
        case .middle: records[entry.slot].middle.flatMap { direction(of: key, along: $0) }
        }
    }

    private func direction(of key: FlowKey, along tuple: FlowKey) -> FlowDirection? {
        if key.equalsButForZone(tuple) { return .original }
        return key.answers(tuple) ? .reply : nil
    }
}
