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
    /// - Parameter hash: the original tuple's.
    /// - Returns: the session's slot, `nil` where there is none.
    mutating func adoptWaiting(
        for entry: ConntrackEntry, hash: UInt32, _ id: SessionID, at time: ReceiveTime
    ) -> UInt32? {
        guard packetSessions.count > 0 else { return nil }
        var adopted: (slot: UInt32, hasOriginal: Bool)?
        if entry.reply.answers(entry.original) {
            adopted = find(untracked: entry.original, hash: hash, id: entry.id ?? 0).map { adopt($0, by: id, entry) }
        } else {
            let never = Timestamp(nanoseconds: 0)
            let record = SessionRecord(
                id: id, original: entry.original, reply: entry.reply, start: never, lastSeen: never)
            for role in [TupleRole.original, .reply, .middle] {
                guard let match = waiting(as: role, of: record, entry.id ?? 0) else { continue }
                if let slot = adopted?.slot {
                    guard match.slot != slot else { continue }
                    absorb(match, into: slot) { $0.merge($1) }
                    close(match.slot, .inferred, at: time.wall)
                } else {
                    adopted = adopt(match, by: id, entry)
                }
            }
        }
        guard let adopted else { return nil }
        enter(adopted.slot, hasOriginal: adopted.hasOriginal)
        return adopted.slot
    }

    /// The waiting session with a tuple of a translated one's, if that one's packets show it where they were logged.
    private func waiting(as role: TupleRole, of record: borrowing SessionRecord, _ id: UInt32) -> Match? {
        let key: FlowKey
        switch role {
        case .original: key = record.original
        case .reply: key = record.reply
        case .middle:
            guard let middle = record.middle else { return nil }
            key = middle
        }
        guard var match = find(untracked: key, hash: hasher.hash(key), id: id) else { return nil }
        if role == .reply { match.direction = match.direction.opposite }
        let isAttached = records[match.slot].conntrackID != 0
        if isAttached { return match }
        guard let lane = log(of: match.slot) else { return match }
        if let hook = lane.originalPlace?.hook, !record.shows(role, match.direction, at: hook) { return nil }
        if let hook = lane.replyPlace?.hook, !record.shows(role, match.direction.opposite, at: hook) { return nil }
        return match
    }

    /// - Returns: also whether the original tuple is in the index already.
    private mutating func adopt(_ match: Match, by id: SessionID, _ entry: ConntrackEntry) -> (UInt32, Bool) {
        let slot = match.slot
        let hasOriginal = records[slot].original == entry.original
        if !hasOriginal { leave(slot) }
        let place = records[slot].laneSlot
        packetSessions.remove(place, in: &lanes)
        if match.direction == .reply {
            if lanes[place].log != .max { logs[lanes[place].log].swapDirections() }
            taps.swapDirections(in: lanes[place].taps)
        }
        if !records[slot].facts.contains(.announced) { records[slot].id = id }
        records[slot].original = entry.original
        records[slot].reply = entry.reply
        return (slot, hasOriginal)
    }

    /// Takes what packets told of one session over to another.
    private mutating func absorb(_ match: Match, into slot: UInt32, by join: (inout LogLane, LogLane) -> Void) {
        let other = records[match.slot]
        ensureLane(slot)
        if var lane = log(of: match.slot) {
            if match.direction == .reply { lane.swapDirections() }
            join(&logs[ensureLog(of: records[slot].laneSlot)], lane)
        }
        records[slot].facts.formUnion(other.facts.intersection([.denied, .nflog, .packet]))
        if match.direction == .reply { taps.swapDirections(in: lanes[other.laneSlot].taps) }
        let refusedCount = taps.join(lanes[other.laneSlot].taps, to: &lanes[records[slot].laneSlot].taps)
        lanes[records[slot].laneSlot].otherTapCount &+= refusedCount &+ lanes[other.laneSlot].otherTapCount
        lanes[other.laneSlot].taps = TapChains.none
        records[match.slot].facts.remove(.packet)
        lanes[records[slot].laneSlot].denials = denials.joined(
            lanes[records[slot].laneSlot].denials, lanes[other.laneSlot].denials)
        lanes[other.laneSlot].denials = DenialChains.none
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
            let isFirst = !records[match.slot].facts.isSuperset(
                of: records[slot].facts.intersection([.nflog, .packet]))
            absorb(Match(slot: slot, direction: match.direction), into: match.slot) { $0.add($1) }
            forget(slot)
            guard isFirst, records[match.slot].facts.contains(.announced) else { return }
            return tell(.update, match.slot, at: records[match.slot].lastSeen)
        }
        // Conntrack's word was left out, as nobody wishes to know of such sessions. Only now, as a packet that was logged before
        // or after translation may yet have been of another.
        guard configuration.sourceFilter.admits(packet: key) else { return forget(slot) }
        announce(slot, at: records[slot].start)
        linkAttempts(before: slot)
    }
}
