import FlowModel

/// A session that waits for something, such as one that packets told of for conntrack's word.
struct Waiter {
    var slot: UInt32
    var id: SessionID
}

// The two sockets are not ordered: packets may come before conntrack's word about their session.

extension SessionTable {
    /// Makes the sessions that packets told of before conntrack did conntrack's: they were the same all along, and several where a
    /// rule logs each direction at another stage of its translation.
    ///
    /// The caller enters the entry's tuples.
    ///
    /// - Returns: the session's slot, `nil` where there is none.
    mutating func adoptWaiting(for entry: ConntrackEntry, _ id: SessionID, at time: ReceiveTime) -> UInt32? {
        guard packetSessions.count > 0 else { return nil }
        let never = Timestamp(nanoseconds: 0)
        var record = SessionRecord(id: id, original: entry.original, reply: entry.reply, start: never, lastSeen: never)
        record.conntrackID = entry.id ?? 0
        var adopted: UInt32?
        func take(_ match: Match) {
            guard let slot = adopted else { return adopted = adopt(match, by: id, entry) }
            absorb(match, into: slot) { $0.merge($1) }
            close(match.slot, .inferred, at: time.wall)
        }
        if let match = waiting(at: entry.original, .original, of: record) { take(match) }
        guard record.isTranslated else { return adopted }
        if var match = waiting(at: entry.reply, .reply, of: record) {
            match.direction = match.direction.opposite
            take(match)
        }
        if let middle = record.middle, let match = waiting(at: middle, .middle, of: record) { take(match) }
        return adopted
    }

    /// The waiting session with a tuple of a record's, if packets of the record's session show it where they were logged.
    private func waiting(at key: FlowKey, _ role: TupleRole, of record: borrowing SessionRecord) -> Match? {
        guard let match = find(untracked: key, hash: hasher.hash(key), id: record.conntrackID) else { return nil }
        if records[match.slot].conntrackID != 0 { return match }
        let lane = lanes[records[match.slot].laneSlot].lane
        let way = role == .reply ? match.direction.opposite : match.direction
        if let place = lane.originalPlace, !record.shows(role, way, at: place.hook) { return nil }
        if let place = lane.replyPlace, !record.shows(role, way.opposite, at: place.hook) { return nil }
        return match
    }

    private mutating func adopt(_ match: Match, by id: SessionID, _ entry: ConntrackEntry) -> UInt32 {
        let slot = match.slot
        leave(slot)
        let place = records[slot].laneSlot
        packetSessions.remove(place, in: &lanes)
        if match.direction == .reply { lanes[place].lane.swapDirections() }
        if !records[slot].facts.contains(.announced) { records[slot].id = id }
        records[slot].original = entry.original
        records[slot].reply = entry.reply
        return slot
    }

    /// Takes what packets told of one session over to another.
    private mutating func absorb(_ match: Match, into slot: UInt32, by join: (inout PacketLane, PacketLane) -> Void) {
        let other = records[match.slot]
        var lane = lanes[other.laneSlot].lane
        if match.direction == .reply { lane.swapDirections() }
        ensureLane(slot)
        join(&lanes[records[slot].laneSlot].lane, lane)
        records[slot].facts.insert(.nflog)
        records[slot].lastSeen = max(records[slot].lastSeen, other.lastSeen)
    }

    /// Conntrack had no word about the packets' session that has waited longest: they are of one that it told of before, if that
    /// alone has their tuple, or the session stands for itself.
    mutating func stopWaiting() {
        guard let waiter = waiting.popFirst() else { return }
        // The place may have been given to another session meanwhile.
        let slot = waiter.slot
        guard records[slot].facts.contains(.awaitsConntrack), records[slot].id == waiter.id else { return }
        records[slot].facts.remove(.awaitsConntrack)
        let key = records[slot].original
        let isAttached = records[slot].conntrackID != 0
        if !isAttached, case .one(let match) = find(packet: key, hash: hasher.hash(key)),
            records[match.slot].facts.isTracked
        {
            let isFirst = !records[match.slot].facts.contains(.nflog)
            absorb(Match(slot: slot, direction: match.direction), into: match.slot) { $0.add($1) }
            forget(slot)
            guard isFirst, records[match.slot].facts.contains(.announced) else { return }
            return tell(.update, match.slot, at: records[match.slot].lastSeen)
        }
        // Conntrack's word was left out, as nobody wishes to know of such sessions. Only now, as a packet that was logged before
        // or after translation may yet have been of another.
        guard configuration.sourceFilter.admits(packet: key) else { return forget(slot) }
        announce(slot, at: records[slot].start)
    }
}
