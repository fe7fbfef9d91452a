import FlowModel

extension SessionTable {
    /// Takes in a conntrack message: NEW, UPDATE and the rows of a dump put the entry into the table, DESTROY ends it.
    ///
    /// - Parameter hash: the original tuple's.
    mutating func apply(_ observation: borrowing ConntrackObservation, hash: UInt32, at time: ReceiveTime) {
        countLatency(of: observation, at: time)
        var slot = find(original: observation.entry.original, hash: hash)
        if observation.kind == .dumpRow { dump.report.rowCount &+= 1 }
        if let known = slot, let id = observation.entry.id, records[known].conntrackID != id {
            slot = nil
            if isLate(observation, known: known) {
                guard observation.kind == .destroy else {
                    summary.staleMessages &+= 1
                    return
                }
            } else {
                inferEnd(of: known, at: time)
            }
        }
        switch (observation.kind, slot) {
        case (.destroy, let slot?): end(slot, observation, hash: hash, at: time)
        case (.destroy, nil): endUnknown(observation, hash: hash, at: time)
        case (_, let slot?): update(slot, observation, at: time)
        case (_, nil): create(observation, hash: hash, at: time)
        }
    }

    /// Whether a message about a tuple that is known under another id speaks of the tuple's former owner. If it does not,
    /// the known session's end was missed.
    private func isLate(_ observation: borrowing ConntrackObservation, known: UInt32) -> Bool {
        let entry = observation.entry
        switch observation.kind {
        case .destroy: return true
        case .new where wasFoundByRunningDump(known), .update where wasFoundByRunningDump(known):
            // Rows are read before the events that wait, so this one may be older than the row: where the kernel stamps
            // both, they tell. If it is the newer one nevertheless, the known session's end was lost, or the kernel told none
            // as the session is older than the listener; the next dump shows the new one.
            guard records[known].facts.contains(.start), let happened = entry.eventTime else { return true }
            return happened <= records[known].start
        case .new: return false
        case .dumpRow where records[known].generation == dump.generation:
            // Something told of the known session since the dump began, and rows lag behind events. If the row is the
            // newer one nevertheless, its events are on their way.
            return true
        case .update, .dumpRow:
            return tombstones.contains(entry.identity)
        }
    }

    /// Whether a row of the dump that runs was the first word about a session, and still is the only one.
    private func wasFoundByRunningDump(_ slot: UInt32) -> Bool {
        dump.isRunning && records[slot].generation == dump.generation && records[slot].facts.contains(.foundByRow)
    }

    // MARK: Beginning

    private mutating func create(_ observation: borrowing ConntrackObservation, hash: UInt32, at time: ReceiveTime) {
        let entry = observation.entry
        let replaced = sessionReplaced(by: entry.original, hash: hash)
        if let replaced, isLate(observation, known: replaced) {
            summary.staleMessages &+= 1
            return
        }
        var id = entry.identity
        if tombstones.contains(id) {
            // Only a NEW can be a new life: everything else is a late word about the dead.
            guard observation.kind == .new else {
                summary.staleMessages &+= 1
                return
            }
            tombstones.exhume(id)
            // The kernel gave place and tuple out again at once, and so the id.
            id = SessionID(firstSeen: time.wall, original: entry.original)
        }
        if observation.kind == .dumpRow, entry.status?.contains(.dying) == true { return }
        if replaced != nil { endSessionsReplaced(by: entry.original, hash: hash, at: time) }
        let waiter = adoptWaiting(for: entry, hash: hash, id, at: time)
        guard waiter != nil || makeRoom() else {
            summary.refusedCount &+= 1
            return
        }
        let slot = waiter ?? insert(entry, id, at: time)
        records[slot].begin(with: observation, at: time, during: dump)
        countBeginning(of: slot)
        zones.note(entry)
        if observation.kind == .dumpRow, isWanted(slot, at: time) { dump.report.foundCount &+= 1 }
        if records[slot].facts.contains(.announced) {
            tell(.update, slot, at: entry.eventTime ?? time.wall)
        } else {
            announce(slot, at: records[slot].facts.contains(.predatesListener) ? time.wall : records[slot].start)
        }
        awaitAttempts(before: slot, at: time)
    }

    private mutating func insert(_ entry: ConntrackEntry, _ id: SessionID, at time: ReceiveTime) -> UInt32 {
        let slot = records.insert(
            SessionRecord(
                id: id, original: entry.original, reply: entry.reply, start: time.wall, lastSeen: time.wall))
        enter(slot)
        return slot
    }

    /// The kernel never has two entries of one tuple and zone: whoever else holds it has ended.
    private mutating func endSessionsReplaced(by original: FlowKey, hash: UInt32, at time: ReceiveTime) {
        while let replaced = sessionReplaced(by: original, hash: hash) { inferEnd(of: replaced, at: time) }
    }

    private func sessionReplaced(by original: FlowKey, hash: UInt32) -> UInt32? {
        let inverse = original.inverse
        var probe = index.probe(hash)
        while let entry = index.next(&probe) {
            guard entry.role == .original, records[entry.slot].facts.isTracked else { continue }
            let other = records[entry.slot].original
            // A translated session may coexist with one whose tuple is the inverse of what it was before translation.
            let isInverse = other == inverse && records[entry.slot].reply == original
            if other == original || isInverse { return entry.slot }
        }
        return nil
    }

    // MARK: Change

    private mutating func update(_ slot: UInt32, _ observation: borrowing ConntrackObservation, at time: ReceiveTime) {
        let isRow = observation.kind == .dumpRow
        if isRow, observation.entry.status?.contains(.dying) == true { return }
        // The kernel made the row before an event that told of the session since the dump began: of what events tell, too, it
        // would undo the newer.
        let isOutdated = isRow && records[slot].generation == dump.generation
        let isOtherReply = records[slot].reply != observation.entry.reply
        let replyChanges = !isOutdated && isOtherReply
        if replyChanges { leave(slot) }
        if !isOutdated { records[slot].facts.remove(.foundByRow) }
        records[slot].generation = dump.generation
        records[slot].missCount = 0
        let reading = read(observation.entry, of: slot)
        if let growth = reading?.growth { countTraffic(growth, of: slot) }
        let changes = records[slot].takeIn(
            observation, reading, isOutdated: isOutdated, at: time, lastLook: dump.lastEnd)
        let isVisible = changes || replyChanges
        if replyChanges {
            records[slot].reply = observation.entry.reply
            enter(slot)
        }
        if observation.kind == .new, records[slot].facts.contains(.predatesListener) {
            return correctBeginning(of: slot, observation.entry, at: time)
        }
        guard isVisible else { return }
        if observation.kind == .dumpRow, isWanted(slot, at: time) { dump.report.correctedCount &+= 1 }
        guard records[slot].facts.contains(.announced) else { return }
        tell(.update, slot, at: observation.entry.eventTime ?? time.wall)
    }

    /// A row of the first dump was quicker than the session's own NEW: it did not predate the listener after all.
    private mutating func correctBeginning(of slot: UInt32, _ entry: ConntrackEntry, at time: ReceiveTime) {
        records[slot].facts.remove(.predatesListener)
        // Packets may have told of it before the row did.
        let wasTold = configuration.tellsInitial || records[slot].facts.contains(.countedAsBegun)
        countBegun(slot, as: .tracked)
        if !records[slot].facts.contains(.start) {
            records[slot].start = entry.eventTime ?? time.wall
            records[slot].facts.insert(.start)
        }
        let start = records[slot].start
        if wasTold {
            tell(.update, slot, at: start)
        } else {
            tell(.start, slot, at: start)
        }
    }

    // MARK: End

    /// Ends a session on the kernel's word, with its final counters and stamps.
    private mutating func end(
        _ slot: UInt32, _ observation: borrowing ConntrackObservation, hash: UInt32, at time: ReceiveTime
    ) {
        let reading = read(observation.entry, of: slot)
        // The last counters are of now; its rate is still that between two dumps, and may be of long before.
        if records[slot].countersReadAt < rateHorizon { records[slot].facts.remove(.rate) }
        _ = records[slot].takeIn(observation, reading, at: time, lastLook: dump.lastEnd)
        let endTime = observation.entry.endTime ?? time.wall
        tombstones.bury(
            records[slot].conntrackIdentity, endedAt: observation.entry.endTime, at: time.monotonic)
        depart(slot, SessionEnd(cause: .event, time: endTime), growth: reading?.growth, hash: hash, at: time)
    }

    /// DESTROY for a session that the table does not have: told if it is the first word of its end.
    private mutating func endUnknown(
        _ observation: borrowing ConntrackObservation, hash: UInt32, at time: ReceiveTime
    ) {
        let entry = observation.entry
        let isRepeated = tombstones.contains(endOf: entry.identity, at: entry.endTime)
        let isStale = isRepeated || tombstones.contains(entry.identity)
        // Anew where it stands already: while a reliable listener is stalled, everybody gets the end over and over.
        if !isRepeated { tombstones.bury(entry.identity, endedAt: entry.endTime, at: time.monotonic) }
        guard !isStale else {
            summary.staleMessages &+= 1
            return
        }
        let end = SessionEnd(cause: .event, time: entry.endTime ?? time.wall)
        if let slot = adoptWaiting(for: entry, hash: hash, entry.identity, at: time) {
            // Packets told of it, and its beginning was lost.
            records[slot].begin(with: observation, at: time, during: dump)
            countBeginning(of: slot)
            announce(slot, at: records[slot].start)
            return depart(slot, end, hash: hash, at: time)
        }
        var record = SessionRecord(
            id: entry.identity, original: entry.original, reply: entry.reply, start: time.wall, lastSeen: time.wall)
        record.conntrackID = entry.id ?? 0
        record.facts = [.live, .conntrack, .ended]
        _ = record.takeIn(observation, CounterReading(entry), at: time, lastLook: dump.lastEnd)
        record.lastSeen = end.time
        countUnknown(record, mayBeOlder: dump.mayPredateListener(entry))
        tell(.end(end), Session(record: record, nflog: nil), at: end.time)
    }

    /// Counts a session of which nothing but its end is known.
    private mutating func countUnknown(_ record: SessionRecord, mayBeOlder: Bool) {
        tally.figures.ended.add(.event, record.original.transport)
        guard !mayBeOlder else { return }
        tally.figures.begun.add(.tracked, record.original.transport)
        if record.facts.contains(.counters) { countTraffic(record.counters, by: TrafficKey()) }
    }

    /// Ends a session that is gone without a word: between when it was last known to exist, and now.
    mutating func inferEnd(of slot: UInt32, at time: ReceiveTime) {
        if dump.isRunning, isWanted(slot, at: time) { dump.report.endedCount &+= 1 }
        tombstones.bury(records[slot].conntrackIdentity, at: time.monotonic)
        let earliest = min(records[slot].lastSeen, time.wall)
        records[slot].facts.insert(.lowerBound)
        let hash = hasher.hash(records[slot].original)
        depart(slot, SessionEnd(cause: .inferred, time: time.wall, earliest: earliest), hash: hash, at: time)
    }

    /// Ends a tracked session. It stays where late packets find it. The end is told at once, unless the session was so short
    /// that the packet which tells its interfaces and rule may still be on its way, or captures tell of its last packets.
    ///
    /// - Parameters:
    ///   - growth: what passed since the counters were read before; counted when interfaces and rule must be known.
    ///   - hash: the original tuple's.
    private mutating func depart(
        _ slot: UInt32, _ end: SessionEnd, growth: DirectionalCounters? = nil, hash: UInt32, at time: ReceiveTime
    ) {
        records[slot].lastSeen = end.time
        tally.figures.ended.add(end.cause, records[slot].original.transport)
        guard configuration.hasNFLog || readsFrames else {
            if let growth { countTraffic(growth, of: slot) }
            records[slot].facts.insert(.ended)
            tell(.end(end), slot, at: end.time)
            return forget(slot)
        }
        let isShort = end.time.nanoseconds(since: records[slot].start) < Int64(clamping: configuration.packetHold)
        // What captures saw is a part of what is told of an end.
        let isTold = !readsFrames && (records[slot].facts.contains(.nflog) || !isShort)
        if let growth, isTold { countTraffic(growth, of: slot) }
        see(off: slot, end, isTold: isTold, growth: isTold ? nil : growth, hash: hash, at: time)
        if isTold { tell(.end(end), slot, at: end.time) }
    }

    /// Ends a session that only packets told of, with its last packet; tells it if its beginning was told.
    mutating func close(_ slot: UInt32, _ cause: SessionEnd.Cause, at time: Timestamp) {
        // What frames told of a session stands, though conntrack's word about it was still awaited.
        if records[slot].facts.contains(.packet) { announce(slot, at: records[slot].start) }
        records[slot].facts.insert(.ended)
        let end = SessionEnd(cause: cause, time: records[slot].lastSeen)
        if records[slot].facts.contains(.announced) {
            tally.figures.ended.add(cause, records[slot].original.transport)
            tell(.end(end), slot, at: time)
        }
        forget(slot)
    }

    /// Takes a session out of the table.
    mutating func forget(_ slot: UInt32) {
        let place = records[slot].laneSlot
        if place != .max, lanes[place].isAttempt { delist(slot) } else { leave(slot) }
        if place != .max {
            packetSessions.remove(place, in: &lanes)
            denials.remove(lanes[place].denials)
            taps.remove(lanes[place].taps)
            removeLog(of: place)
            lanes.remove(place)
        }
        forgetZeroed(slot)
        records.remove(slot)
    }

    /// Tells a session's beginning, once.
    mutating func announce(_ slot: UInt32, at time: Timestamp) {
        guard !records[slot].facts.contains(.announced) else { return }
        records[slot].facts.insert(.announced)
        let isTracked = records[slot].facts.contains(.conntrack)
        if !isTracked { countBegun(slot, as: .logged) }
        if records[slot].facts.contains(.predatesListener), !configuration.tellsInitial { return }
        tell(.start, slot, at: time)
    }
}
