import FlowModel

extension SessionTable {
    /// Takes in a logged packet: counts it to its session, or begins one.
    ///
    /// - Parameter hash: the packet's tuple's.
    mutating func apply(_ packet: borrowing PacketObservation, hash: UInt32, at time: ReceiveTime) {
        let seenAt = packet.time ?? time.wall
        let isDenial = packet.verdict.isDenial
        let match: Match
        switch findSession(of: packet, hash: hash) {
        case .one(let found): match = found
        case .ambiguous:
            summary.ambiguousPackets &+= 1
            return
        case .nothing where packet.isICMPError && !isDenial:
            // About a session that nobody told of: whoever sends errors must not be able to invent sessions.
            if configuration.sourceFilter.admits(packet: packet.key) { summary.strayErrorCount &+= 1 }
            return
        case .nothing:
            guard let slot = beginPacketSession(packet, at: time) else { return }
            match = Match(slot: slot, direction: .original)
        }
        let slot = match.slot
        let isFirstPacket = !records[slot].facts.contains(.nflog)
        ensureLane(slot)
        lanes[records[slot].laneSlot].lane.count(packet, direction: match.direction, at: seenAt)
        records[slot].facts.insert(.nflog)
        if records[slot].facts.contains(.ended) { return }
        records[slot].lastSeen = max(records[slot].lastSeen, seenAt)
        if !records[slot].facts.contains(.conntrack) {
            let place = records[slot].laneSlot
            lanes[place].lastUsed = time.monotonic
            packetSessions.use(place, in: &lanes)
        }
        if isDenial {
            deny(slot, at: seenAt)
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
            return find(packet: packet.key, hash: hash, at: packet.verdict.isDenial ? .distantFuture : packet.time)
        }
        let originalHash = hasher.hash(original)
        let id = packet.conntrackID
        for slot in [find(original: original, hash: originalHash), departed(of: original, hash: originalHash)] {
            if let slot, id == nil || id == records[slot].conntrackID {
                return .one(Match(slot: slot, direction: direction(of: packet.key, in: slot)))
            }
        }
        // Conntrack's word about the session is still on its way: whatever else has the tuple is not it.
        return find(untracked: packet.key, hash: hash).map { .one($0) } ?? .nothing
    }

    private mutating func ensureLane(_ slot: UInt32) {
        if records[slot].laneSlot == .max { records[slot].laneSlot = lanes.insert(TrackedLane(owner: slot)) }
    }

    /// Begins a session that only packets told of so far; `nil` where the table is full.
    private mutating func beginPacketSession(_ packet: borrowing PacketObservation, at time: ReceiveTime) -> UInt32? {
        if packetSessions.count >= configuration.maximumPacketSessions, let oldest = packetSessions.oldest {
            let owner = lanes[oldest].owner
            // One that is only here because conntrack's word was left out is no loss.
            if configuration.sourceFilter.admits(packet: records[owner].original) { summary.evictedCount &+= 1 }
            close(owner, .evicted, at: time.wall)
        }
        guard makeRoom() else {
            summary.refusedCount &+= 1
            return nil
        }
        let start = packet.time ?? time.wall
        let key = packet.key
        var record = SessionRecord(
            id: SessionID(firstSeen: start, original: key), original: key, reply: key.inverse, start: start,
            lastSeen: start)
        // A packet in the midst of a connection says nothing about its beginning; a denied one is all there is of it.
        let isDenial = packet.verdict.isDenial
        record.facts = packet.opensConnection || isDenial ? [.live, .start] : .live
        let slot = records.insert(record)
        ensureLane(slot)
        enter(slot)
        packetSessions.append(records[slot].laneSlot, in: &lanes)
        if configuration.hasConntrack, !isDenial {
            records[slot].facts.insert(.awaitsConntrack)
            waiting.append(
                Waiter(slot: slot, id: records[slot].id), until: time.monotonic &+ configuration.packetHold)
        }
        return slot
    }

    private mutating func deny(_ slot: UInt32, at time: Timestamp) {
        guard !records[slot].facts.contains(.denied) else { return }
        records[slot].facts.insert(.denied)
        records[slot].facts.insert(.announced)
        records[slot].facts.remove(.awaitsConntrack)
        tell(.denied, slot, at: time)
    }
}

extension PacketLane {
    /// Nanoseconds within which the rules of one hook log a packet. The kernel may stamp each record anew.
    private static var repetitionSpan: UInt64 { 1_000_000 }

    /// Counts a packet and learns its interfaces and rule.
    ///
    /// A packet that several rules log comes several times and is counted once: of each direction only the packets of the
    /// group and hook that told of it first count, and there a repetition is known by its bytes.
    mutating func count(_ packet: borrowing PacketObservation, direction: FlowDirection, at time: Timestamp) {
        let (isSameBytes, isOtherRule) = (packet.digest == lastDigest, packet.rule != lastRule)
        let isRepeated =
            isSameBytes && isOtherRule && time.nanoseconds(since: lastTime).magnitude < Self.repetitionSpan
        let isDenial = packet.verdict.isDenial
        if (rule.isNone && verdict == .unknown) || (isDenial && !verdict.isDenial) {
            rule = packet.rule
            verdict = packet.verdict
        }
        learnInterfaces(of: packet, direction: direction)
        if isRepeated { return }
        lastDigest = packet.digest
        lastTime = time
        lastRule = packet.rule
        guard !packet.isICMPError else {
            errorCount &+= 1
            return
        }
        guard isCounted(packet, direction: direction) else { return }
        let one = Counters(packetCount: 1, byteCount: packet.byteCount)
        switch direction {
        case .original: counters.original = counters.original + one
        case .reply: counters.reply = counters.reply + one
        }
    }

    private mutating func learnInterfaces(of packet: borrowing PacketObservation, direction: FlowDirection) {
        guard !packet.isICMPError else { return }
        switch direction {
        case .original:
            if packet.inInterface != 0 { originalIn = packet.inInterface }
            if packet.outInterface != 0 { originalOut = packet.outInterface }
        case .reply:
            if packet.inInterface != 0 { replyIn = packet.inInterface }
            if packet.outInterface != 0 { replyOut = packet.outInterface }
        }
    }

    /// Whether the packet is from where its direction's packets are counted.
    private mutating func isCounted(_ packet: borrowing PacketObservation, direction: FlowDirection) -> Bool {
        let place = LogPlace(group: packet.group, hook: packet.hook)
        switch direction {
        case .original:
            originalPlace = originalPlace ?? place
            return originalPlace == place
        case .reply:
            replyPlace = replyPlace ?? place
            return replyPlace == place
        }
    }

    /// What was taken for the answer is the first direction after all.
    mutating func swapDirections() {
        swap(&counters.original, &counters.reply)
        swap(&originalIn, &replyIn)
        swap(&originalOut, &replyOut)
        swap(&originalPlace, &replyPlace)
    }
}
