import FlowModel

extension SessionTable {
    /// Takes in a logged packet: counts it to its session, or begins one.
    ///
    /// - Parameter hash: the packet's tuple's.
    mutating func apply(_ packet: borrowing PacketObservation, hash: UInt32, at time: ReceiveTime) {
        guard interfaces.haveSuccessors else {
            countLogged(packet, at: time)
            return sort(packet, hash: hash, at: time)
        }
        var numbered = copy packet
        numbered.path.renumber { interfaces.number(of: $0) }
        countLogged(numbered, at: time)
        sort(numbered, hash: hash, at: time)
    }

    /// Takes in a packet, a fragment with the tuple of the packet that it is of.
    private mutating func sort(_ packet: borrowing PacketObservation, hash: UInt32, at time: ReceiveTime) {
        guard let fragment = packet.fragment else { return admit(packet, hash: hash, at: time) }
        let hashOfPair = hasher.hash(packet.key.withoutPorts)
        if fragment.isFirst {
            fragments.remember(packet.key, UInt64(fragment.identifier), hash: hashOfPair, at: time.monotonic)
            return admit(packet, hash: hash, at: time)
        }
        var part = copy packet
        let identifier = UInt64(fragment.identifier)
        if let whole = fragments.tuple(of: packet.key, identifier, hash: hashOfPair, at: time.monotonic) {
            part.key = whole
        }
        admit(part, hash: hasher.hash(part.key), at: time)
    }

    /// Takes a packet in now, or holds it until it is certain which zones have its tuple.
    private mutating func admit(_ packet: borrowing PacketObservation, hash: UInt32, at time: ReceiveTime) {
        let isAttached = packet.conntrackOriginal != nil
        guard zones.areSeveral, !isAttached else { return take(packet, hash: hash, at: time) }
        if held.count >= HeldPacket.limit { releaseFirst() }
        held.append(HeldPacket(packet: copy packet, hash: hash, time: time), until: time.monotonic &+ packetPause)
    }

    /// Nanoseconds that are long enough for conntrack's and NFLOG's words of one time to come, and short enough to find a session
    /// that ends meanwhile.
    var packetPause: UInt64 { configuration.packetHold / 2 }

    /// The packet that was held for longest has waited enough.
    mutating func releaseFirst() {
        guard let first = held.popFirst() else { return }
        take(first.packet, hash: first.hash, at: first.time)
    }

    private mutating func take(_ packet: borrowing PacketObservation, hash: UInt32, at time: ReceiveTime) {
        let seenAt = packet.time ?? time.wall
        let isDenial = packet.verdict.isDenial
        let match: Match
        switch findSession(of: packet, hash: hash) {
        case .one(let found) where isDenial && isOfFramesAlone(found.slot):
            // What was denied is an attempt, whether or not a capture saw it before.
            return takeAttempt(packet, seenAt, at: time)
        case .one(let found):
            if isDenial, takeAttempt(packet, from: found, seenAt, at: time) { return }
            match = found
        case .ambiguous:
            summary.ambiguousPackets &+= 1
            return
        case .nothing where packet.isICMPError:
            // About a session that nobody told of: whoever sends errors must not be able to invent sessions, denied or not.
            if configuration.sourceFilter.admits(packet: packet.key) { summary.strayErrorCount &+= 1 }
            return
        case .nothing where isDenial:
            return takeAttempt(packet, seenAt, at: time)
        case .nothing:
            guard let slot = beginPacketSession(packet, hash: hash, at: time) else { return }
            match = Match(slot: slot, direction: .original)
        }
        let slot = match.slot
        let isFirstPacket = !records[slot].facts.contains(.nflog)
        ensureLane(slot)
        logs[ensureLog(of: records[slot].laneSlot)].count(packet, hash: hash, direction: match.direction, at: seenAt)
        records[slot].facts.insert(.nflog)
        var isFirstDenial = false
        if isDenial { isFirstDenial = deny(slot, packet, match.direction, at: seenAt) }
        if records[slot].facts.contains(.ended) {
            let departure = records[slot].departureSlot
            if isFirstDenial, departure != .max, departures[departure].isTold { tell(.denied, slot, at: seenAt) }
            return
        }
        records[slot].lastSeen = max(records[slot].lastSeen, seenAt)
        if !records[slot].facts.contains(.conntrack) {
            let place = records[slot].laneSlot
            lanes[place].lastUsed = time.monotonic
            packetSessions.use(place, in: &lanes)
        }
        if isFirstDenial {
            tell(.denied, slot, at: seenAt)
        } else if isFirstPacket, records[slot].facts.contains(.announced) {
            // NFLOG gathers packets for a moment, so conntrack was first: now interfaces and rule are known, too.
            tell(.update, slot, at: seenAt)
        } else if !records[slot].facts.contains(.awaitsConntrack) {
            announce(slot, at: records[slot].start)
        }
    }

    /// By conntrack's own word where the kernel attached it, else by what the packet shows.
    private func findSession(of packet: borrowing PacketObservation, hash: UInt32) -> Found {
        guard let original = packet.conntrackOriginal else {
            // An error shows the packet that it speaks of as that was elsewhere.
            let hook = packet.isICMPError ? nil : packet.hook
            // What was denied now is of no session that has ended.
            let time = packet.verdict.isDenial ? .distantFuture : packet.time
            return find(packet: packet.key, hash: hash, at: hook, time)
        }
        let originalHash = hasher.hash(original)
        let id = packet.conntrackID
        if let slot = find(attached: original, hash: originalHash, id: id, packet.time) {
            let shown = direction(of: packet.key, in: slot)
            return .one(Match(slot: slot, direction: packet.conntrackDirection ?? shown))
        }
        // Conntrack's word about the session is still on its way: whatever else has the tuple is not it.
        if let match = find(untracked: packet.key, hash: hash, id: id, isBounded: true) { return .one(match) }
        // A rule before translation may have shown its packets already.
        if let id, let match = find(untracked: original, hash: originalHash, id: id),
            records[match.slot].conntrackID == id
        {
            return .one(Match(slot: match.slot, direction: packet.conntrackDirection ?? match.direction))
        }
        return .nothing
    }

    /// The session that conntrack told of, and that the kernel attached to a packet.
    ///
    /// A tuple that is used again at once mostly gets the entry's place in memory again, and so its id: then the time tells which is meant.
    private func find(attached original: FlowKey, hash: UInt32, id: UInt32?, _ time: Timestamp?) -> UInt32? {
        let tracked = find(original: original, hash: hash).flatMap { slot in
            id == nil || id == records[slot].conntrackID ? slot : nil
        }
        let ended = departed(of: original, hash: hash, id: id, at: time)
        let departed = time == nil ? ended?.last : ended?.first
        guard let tracked, let departed else { return tracked ?? departed }
        return isFromBefore(tracked, time) ? departed : tracked
    }

    private func isOfFramesAlone(_ slot: UInt32) -> Bool {
        records[slot].facts.contains(.packet) && records[slot].facts.isDisjoint(with: [.conntrack, .nflog])
    }

    /// Begins a session that only logged packets told of so far; `nil` where the table is full.
    private mutating func beginPacketSession(
        _ packet: borrowing PacketObservation, hash: UInt32, at time: ReceiveTime
    ) -> UInt32? {
        let start = packet.time ?? time.wall
        let key = packet.key
        var record = SessionRecord(
            id: SessionID(firstSeen: start, original: key), original: key, reply: key.inverse, start: start,
            lastSeen: start)
        // Of two sessions of one tuple in two zones, this is the one that the kernel attached.
        if let id = packet.conntrackID { record.conntrackID = id }
        // A packet in the midst of a connection says nothing about its beginning.
        record.facts = packet.opensConnection ? [.live, .start] : .live
        if packet.fragment?.isFirst == false, key.sourcePort == 0, key.destinationPort == 0 {
            record.facts.insert(.fragments)
        }
        return insertPacketSession(record, hash: hash, at: time)
    }

    /// Puts a session into the table that only packets told of so far; `nil` where the table is full.
    ///
    /// - Parameters:
    ///   - record: as far as is known nothing translates it.
    ///   - hash: its tuple's.
    mutating func insertPacketSession(_ record: SessionRecord, hash: UInt32, at time: ReceiveTime) -> UInt32? {
        let limit =
            readsFrames
            ? max(configuration.maximumPacketSessions, configuration.maximumFrameSessions)
            : configuration.maximumPacketSessions
        if packetSessions.count >= limit, let oldest = packetSessions.oldest(in: lanes) {
            let owner = lanes[oldest].owner
            // One that is only here because conntrack's word was left out is no loss.
            if configuration.sourceFilter.admits(packet: records[owner].original) { summary.evictedCount &+= 1 }
            close(owner, .evicted, at: time.wall)
        }
        guard makeRoom() else {
            summary.refusedCount &+= 1
            return nil
        }
        let slot = records.insert(record)
        ensureLane(slot)
        index.insert(hash, SessionIndex.Reference(slot: slot, role: .original))
        packetSessions.append(records[slot].laneSlot, in: &lanes)
        if configuration.hasConntrack {
            records[slot].facts.insert(.awaitsConntrack)
            waiting.append(
                Waiter(slot: slot, id: records[slot].id), until: time.monotonic &+ configuration.packetHold)
        } else {
            awaitAttempts(before: slot, at: time)
        }
        return slot
    }
}
