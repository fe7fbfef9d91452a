import FlowModel

// Packets that a rule dropped or rejected: of a session that passed before, or of an attempt.

extension SessionTable {
    /// Notes that a rule denied a packet of a session that is more than an attempt.
    ///
    /// - Returns: whether it is the first that this rule denied of it.
    mutating func deny(
        _ slot: UInt32, _ packet: borrowing PacketObservation, _ direction: FlowDirection, at time: Timestamp
    ) -> Bool {
        if !records[slot].facts.contains(.conntrack) { countBegun(slot, as: .denied) }
        records[slot].facts.formUnion([.denied, .announced])
        records[slot].facts.remove(.awaitsConntrack)
        return denials.note(packet, direction, at: time, in: &lanes[records[slot].laneSlot].denials)
    }

    /// Takes a denied packet for an attempt though a session has its tuple, where that is the same packet: logged by a rule
    /// before the one that denied it, of a session that waits for a word of conntrack's which will not come, or of frames alone, for
    /// which none came.
    ///
    /// - Returns: whether it was.
    mutating func takeAttempt(
        _ packet: borrowing PacketObservation, from match: Match, _ seenAt: Timestamp, at time: ReceiveTime
    ) -> Bool {
        let slot = match.slot
        let facts = records[slot].facts
        let isOfFrames = facts.contains(.packet) && facts.isDisjoint(with: [.conntrack, .ended])
        guard facts.contains(.awaitsConntrack) || isOfFrames, match.direction == .original, !packet.isICMPError,
            let lane = log(of: slot)
        else { return false }
        guard lane.counters.total.packetCount + UInt64(lane.errorCount) <= 1 else { return false }
        guard lane.isLast(packet, at: seenAt, hold: configuration.packetHold) else { return false }
        if isOfFrames {
            // What frames told of it stands for itself.
            removeLog(of: records[slot].laneSlot)
            records[slot].facts.remove(.nflog)
        } else {
            forget(slot)
        }
        takeAttempt(packet, seenAt, at: time, way: lane.originalPath)
        return true
    }

    /// Counts a denied packet to its attempts, or begins them.
    ///
    /// - Parameter way: what rules before had shown of its way.
    mutating func takeAttempt(
        _ packet: borrowing PacketObservation, _ seenAt: Timestamp, at time: ReceiveTime,
        way: PacketPath = PacketPath()
    ) {
        let hash = hasher.hash(packet.key.withoutSourcePort)
        guard let slot = attempts(like: packet, hash: hash, seenAt, at: time) else { return }
        let place = records[slot].laneSlot
        let log = ensureLog(of: place)
        logs[log].originalPath.learn(way)
        logs[log].countAttempt(packet)
        lanes[place].lastUsed = time.monotonic
        denied.ages.use(place, in: &lanes)
        let isFirst = denials.note(packet, .original, at: seenAt, in: &lanes[place].denials)
        records[slot].lastSeen = max(records[slot].lastSeen, seenAt)
        learnPorts(of: packet, slot)
        if isFirst {
            tell(.denied, slot, at: seenAt)
        } else if denials[first: lanes[place].denials].count.isPowerOfTwo {
            tell(.update, slot, at: seenAt)
        }
    }

    /// The sources have ended: attempts of which there were more than was told are told once more.
    mutating func tellAttempts(at time: ReceiveTime) {
        guard denied.count > 0, configuration.tellsEvents else { return }
        for slot in 0..<UInt32(records.extent) where records[slot].facts.isLive {
            let place = records[slot].laneSlot
            guard place != .max, lanes[place].isAttempt, events.count < configuration.maximumEvents / 2 else {
                continue
            }
            if denials[first: lanes[place].denials].count.isPowerOfTwo { continue }
            tell(.update, slot, at: records[slot].lastSeen)
        }
    }

    /// The session of attempts that a packet belongs to; `nil` where the table is full.
    private mutating func attempts(
        like packet: borrowing PacketObservation, hash: UInt32, _ seenAt: Timestamp, at time: ReceiveTime
    ) -> UInt32? {
        let (key, rule, verdict) = (packet.key.withoutSourcePort, packet.rule, packet.verdict)
        let known = denied.session(hash) { slot in
            let chain = lanes[records[slot].laneSlot].denials
            guard records[slot].original.withoutSourcePort == key, chain != DenialChains.none else { return false }
            return denials[first: chain].rule == rule && denials[first: chain].verdict == verdict
        }
        if let known { return known }
        if let scan = scan(of: packet) { return scan }
        return beginAttempts(packet, hash: hash, seenAt, at: time)
    }

    // MARK: Beginning

    /// The scan that a packet belongs to, if its source has tried so many ports that it is one.
    private mutating func scan(of packet: borrowing PacketObservation) -> UInt32? {
        guard packet.key.transport.hasPorts else { return nil }
        let hash = hasher.hash(packet.key.withoutPorts)
        guard let pair = pair(of: packet, hash), denied.pairs[pair].scan != .max else { return nil }
        return denied.pairs[pair].scan
    }

    private func pair(of packet: borrowing PacketObservation, _ hash: UInt32) -> UInt32? {
        let (key, rule, verdict) = (packet.key.withoutPorts, packet.rule, packet.verdict)
        return denied.pair(hash) { $0.key == key && $0.rule == rule && $0.verdict == verdict }
    }

    /// Begins a session of attempts; `nil` where the table is full.
    private mutating func beginAttempts(
        _ packet: borrowing PacketObservation, hash: UInt32, _ seenAt: Timestamp, at time: ReceiveTime
    ) -> UInt32? {
        if denied.count >= configuration.maximumDeniedSessions, let oldest = denied.ages.oldest {
            let owner = lanes[oldest].owner
            // A scan's ports are not all known: one of them may be meant.
            let isScan = records[owner].facts.contains(.destinationPortVaries)
            let isMeant = isScan || configuration.sourceFilter.admits(packet: records[owner].original)
            if isMeant { summary.evictedCount &+= 1 }
            close(owner, .evicted, at: time.wall)
        }
        guard makeRoom() else {
            summary.refusedCount &+= 1
            return nil
        }
        let key = packet.key
        var record = SessionRecord(
            id: SessionID(firstSeen: seenAt, original: key, rule: packet.rule), original: key, reply: key.inverse,
            start: seenAt, lastSeen: seenAt)
        record.facts = [.live, .start, .nflog, .denied, .announced]
        tally.figures.begun.add(.denied, key.transport)
        if packet.fragment?.isFirst == false, key.sourcePort == 0, key.destinationPort == 0 {
            record.facts.insert(.fragments)
        }
        let slot = records.insert(record)
        ensureLane(slot)
        let place = records[slot].laneSlot
        lanes[place].isAttempt = true
        denied.ages.append(place, in: &lanes)
        enlist(slot, packet, hash: hash)
        return slot
    }

    /// Enters a session among those of one port or, if its source has tried enough of them, as the scan of all further ones.
    private mutating func enlist(_ slot: UInt32, _ packet: borrowing PacketObservation, hash: UInt32) {
        let key = packet.key.withoutPorts
        guard packet.key.transport.hasPorts else { return denied.enter(session: slot, hash) }
        let hashOfPair = hasher.hash(key)
        let new = DeniedSessions.Pair(key: key, rule: packet.rule, verdict: packet.verdict)
        let pair = pair(of: packet, hashOfPair) ?? denied.insert(new, hashOfPair)
        lanes[records[slot].laneSlot].pair = pair
        if denied.pairs[pair].portCount < DeniedSessions.portLimit {
            denied.pairs[pair].portCount += 1
            return denied.enter(session: slot, hash)
        }
        denied.pairs[pair].scan = slot
        records[slot].facts.formUnion([.sourcePortVaries, .destinationPortVaries])
        records[slot].original = key
        records[slot].reply = key.inverse
    }

    /// Learns which ports were tried, and that the source port is not always the same.
    private mutating func learnPorts(of packet: borrowing PacketObservation, _ slot: UInt32) {
        let chain = lanes[records[slot].laneSlot].denials
        if records[slot].facts.contains(.destinationPortVaries) {
            let port = packet.key.destinationPort
            let known = denials[scannedPorts: chain] ?? port...port
            denials[scannedPorts: chain] = min(known.lowerBound, port)...max(known.upperBound, port)
        } else if records[slot].original.sourcePort != packet.key.sourcePort,
            !records[slot].facts.contains(.sourcePortVaries)
        {
            records[slot].facts.insert(.sourcePortVaries)
            records[slot].original.sourcePort = 0
            records[slot].reply = records[slot].original.inverse
        }
    }

    // MARK: End

    /// Takes a session of attempts out of ``denied``.
    mutating func delist(_ slot: UInt32) {
        let place = records[slot].laneSlot
        let original = records[slot].original
        denied.ages.remove(place, in: &lanes)
        let pair = lanes[place].pair
        let isScan = records[slot].facts.contains(.destinationPortVaries)
        if !isScan { denied.leave(session: slot, hasher.hash(original.withoutSourcePort)) }
        guard pair != .max else { return }
        if isScan { denied.pairs[pair].scan = .max } else { denied.pairs[pair].portCount -= 1 }
        denied.removeIfEmpty(pair: pair, hasher.hash(original.withoutPorts))
    }

    // MARK: Later

    /// How many sessions wait for attempts at most.
    private static var greatestBegunCount: Int { 65_536 }

    /// A session has begun: attempts that were denied before it may be on their way yet, as NFLOG gathers packets.
    @inline(__always)
    mutating func awaitAttempts(before slot: UInt32, at time: ReceiveTime) {
        guard configuration.hasNFLog else { return }
        if begun.count >= Self.greatestBegunCount { noteFirstBegun() }
        begun.append(Waiter(slot: slot, id: records[slot].id), until: time.monotonic &+ packetPause)
    }

    /// Links the session that began first with the attempts between the same two that were denied before.
    mutating func noteFirstBegun() {
        guard let first = begun.popFirst(), denied.count > 0 else { return }
        let slot = first.slot
        guard records[slot].id == first.id else { return }
        linkAttempts(before: slot)
    }

    /// Links a session with the attempts between the same two that were denied before it.
    mutating func linkAttempts(before slot: UInt32) {
        guard denied.count > 0, records[slot].facts.contains(.start) else { return }
        let original = records[slot].original.withoutZone
        link(slot, as: original)
        guard records[slot].isTranslated else { return }
        // Rules behind the translation of the destination showed the other one.
        var translated = original
        translated.destination = records[slot].reply.source
        if !original.transport.isICMP { translated.destinationPort = records[slot].reply.sourcePort }
        if translated != original { link(slot, as: translated) }
    }

    private mutating func link(_ slot: UInt32, as key: FlowKey) {
        let (id, start) = (records[slot].id, records[slot].start)
        // Several rules may have denied it: each that is linked waits for none any more.
        let hash = hasher.hash(key.withoutSourcePort)
        while let attempt = attempt(at: key.withoutSourcePort, hash, before: start) { tellLater(attempt, id, start) }
        let hashOfPair = hasher.hash(key.withoutPorts)
        while let scan = scan(at: key, hashOfPair, before: start) { tellLater(scan, id, start) }
    }

    private func attempt(at key: FlowKey, _ hash: UInt32, before start: Timestamp) -> UInt32? {
        denied.session(hash) { records[$0].original.withoutSourcePort == key && awaitsLater($0, start) }
    }

    private func scan(at key: FlowKey, _ hash: UInt32, before start: Timestamp) -> UInt32? {
        let pair = denied.pair(hash) { pair in
            guard pair.key == key.withoutPorts, pair.scan != .max, awaitsLater(pair.scan, start) else { return false }
            let chain = lanes[records[pair.scan].laneSlot].denials
            return denials[scannedPorts: chain]?.contains(key.destinationPort) ?? false
        }
        return pair.map { denied.pairs[$0].scan }
    }

    /// Whether nothing got through yet since the attempt.
    private func awaitsLater(_ slot: UInt32, _ start: Timestamp) -> Bool {
        let chain = lanes[records[slot].laneSlot].denials
        return chain != DenialChains.none && denials[later: chain] == nil && denials[first: chain].first < start
    }

    private mutating func tellLater(_ slot: UInt32, _ id: SessionID, _ start: Timestamp) {
        denials[later: lanes[records[slot].laneSlot].denials] = LaterSession(id: id, start: start)
        tell(.update, slot, at: start)
    }
}

extension UInt64 {
    /// Attempts are told again when there are twice as many: who goes on for hours is not silent, and a flood is a few lines.
    fileprivate var isPowerOfTwo: Bool { nonzeroBitCount == 1 }
}
