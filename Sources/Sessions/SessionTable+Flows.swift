import FlowModel

// What captures saw: the frames of a flow, added up, come once a second, and are of a session by what they show where.

extension SessionTable {
    /// Nanoseconds by which clocks of one host may differ: the kernel stamps a frame and conntrack's entry one after the other.
    private static var clockSlack: Int64 { 50_000_000 }

    /// Nanoseconds after which every tap has told of a frame: what seems to be older is of a clock that was set back.
    private static var longestDelay: Int64 { 5_000_000_000 }

    /// Nanoseconds within which a frame and conntrack's stamp of what it does are of one moment.
    private static var moment: UInt64 { 100_000 }

    /// Takes in what the frames of a flow came to: counts it to its session, or begins one.
    ///
    /// - Parameter hash: the flow's tuple's.
    mutating func apply(_ flow: borrowing FlowObservation, hash: UInt32, at time: ReceiveTime) {
        readsFrames = true
        let first = flow.first
        firstFrame = min(firstFrame ?? first, first)
        guard interfaces.haveSuccessors else { return take(flow, hash: hash, at: time) }
        var numbered = copy flow
        numbered.tap.interface = interfaces.number(of: flow.tap.interface)
        take(numbered, hash: hash, at: time)
    }

    private mutating func take(_ flow: borrowing FlowObservation, hash: UInt32, at time: ReceiveTime) {
        let packetCount = flow.forward.seen.packetCount &+ flow.backward.seen.packetCount
        let match: Match
        switch find(flow: flow, hash: hash) {
        case .one(let found) where isOfFormer(flow, found):
            summary.ambiguousPackets &+= packetCount
            return
        case .one(let found):
            if endFormer(found, before: flow) {
                guard let slot = beginFrameSession(flow, hash: hash, at: time) else { return }
                match = Match(slot: slot, direction: .original)
            } else {
                match = found
            }
        case .ambiguous:
            summary.ambiguousPackets &+= packetCount
            return
        case .nothing where packetCount == 0:
            // About a session that nobody told of: whoever sends errors must not be able to invent sessions.
            guard configuration.sourceFilter.admits(packet: flow.key) else { return }
            summary.strayErrorCount &+= UInt64(flow.forward.errorCount &+ flow.backward.errorCount)
            return
        case .nothing:
            // Conntrack's word about it was left out, as nobody wishes to know of such sessions.
            guard configuration.sourceFilter.admits(packet: flow.key) else { return }
            guard let slot = beginFrameSession(flow, hash: hash, at: time) else { return }
            match = Match(slot: slot, direction: .original)
        }
        count(flow, match, hash: hash, at: time)
    }

    private mutating func count(
        _ flow: borrowing FlowObservation, _ match: Match, hash: UInt32, at time: ReceiveTime
    ) {
        let slot = match.slot
        let place = ensureLane(slot)
        let addition = taps.add(flow, match.direction, hash: hash, to: &lanes[place].taps)
        if addition == .refused { lanes[place].otherTapCount &+= 1 }
        let facts = records[slot].see(from: flow.first, to: flow.last)
        guard !facts.contains(.ended) else { return }
        if !facts.contains(.conntrack) {
            lanes[place].lastUsed = time.monotonic
            packetSessions.use(place, in: &lanes)
            if flow.facts.contains(.closed) { awaitClose(of: slot, at: time) } else { prolong(slot) }
        }
        if addition == .new, facts.contains(.announced) {
            // One more interface is known by which it passes.
            tell(.update, slot, at: flow.last)
        } else if facts.isDisjoint(with: [.awaitsConntrack, .announced]) {
            announce(slot, at: records[slot].start)
        }
    }

    // MARK: Finding

    /// The session that shows a tuple at a tap.
    ///
    /// What comes in shows the tuple of its direction as it is, what goes out the other one's inverse. Where no session does, as on a
    /// loopback, on which translated packets come in again, any tuple will do.
    private func find(flow: borrowing FlowObservation, hash: UInt32) -> Found {
        let (key, way) = (flow.key, flow.tap.direction)
        let (first, last) = (flow.first, flow.last)
        let opens = flow.facts.isSuperset(of: [.isFirst, .opensConnection])
        var probe = index.probe(hash)
        guard let only = index.next(&probe) else { return .nothing }
        guard index.next(&probe) != nil else {
            // Nearly always: there is nothing to choose.
            guard let direction = direction(of: key, at: only), group(of: only.slot, first, last) != .none else {
                return .nothing
            }
            return .one(Match(slot: only.slot, direction: direction))
        }
        var strict = Candidates()
        var loose = Candidates()
        probe = index.probe(hash)
        while let entry = index.next(&probe) {
            guard let direction = direction(of: key, at: entry) else { continue }
            let match = Match(slot: entry.slot, direction: direction)
            let group = group(of: entry.slot, first, last)
            if records[entry.slot].shows(entry.role, direction, at: way) {
                add(match, group, to: &strict, first, opens)
            } else {
                add(match, group, to: &loose, first, opens)
            }
        }
        let found = choose(strict, first, opens)
        if case .nothing = found { return choose(loose, first, opens) }
        return found
    }

    /// Which sessions a flow may be of: a tracked one goes before one that has just ended, and that before one that only packets told of.
    private struct Candidates {
        var tracked = Found.nothing
        var ended = Found.nothing
        var untracked = Found.nothing

        enum Group {
            case tracked
            case ended
            case untracked
            case none
        }

    }

    private func add(
        _ match: Match, _ group: Candidates.Group, to candidates: inout Candidates, _ first: Timestamp, _ opens: Bool
    ) {
        switch group {
        case .tracked: candidates.tracked.add(match)
        case .untracked: candidates.untracked.add(match)
        case .none: break
        case .ended:
            if opens, case .one(let other) = candidates.ended,
                records[other.slot].original == records[match.slot].original
            {
                if began(match.slot, nearerTo: first, than: other.slot) { candidates.ended = .one(match) }
            } else {
                add(ended: match, to: &candidates.ended)
            }
        }
    }

    /// Whether of two sessions that had one tuple the first is more likely the one that a frame opened which passed at `time`.
    ///
    /// The frame that opens the next one is stamped before conntrack ends the one before it. Where conntrack stamps, its word is of the
    /// same moment; where it does not, the word came later.
    private func began(_ slot: UInt32, nearerTo time: Timestamp, than other: UInt32) -> Bool {
        guard records[slot].facts.contains(.start) else { return false }
        guard records[other].facts.contains(.start) else { return true }
        let one = records[slot].start.nanoseconds(since: time)
        let another = records[other].start.nanoseconds(since: time)
        let (isAtOnce, isOtherAtOnce) = (one.magnitude < Self.moment, another.magnitude < Self.moment)
        guard isAtOnce == isOtherAtOnce else { return isAtOnce }
        guard isAtOnce || (one > 0) == (another > 0) else { return one > 0 }
        return one.magnitude < another.magnitude
    }

    private func group(of slot: UInt32, _ first: Timestamp, _ last: Timestamp) -> Candidates.Group {
        let facts = records[slot].facts
        if facts.contains(.ended) {
            return first <= records[slot].lastSeen ? .ended : .none
        }
        guard facts.contains(.conntrack) else { return .untracked }
        // Frames from before a session began are of another one.
        let isEarlier = facts.contains(.start) && records[slot].start.nanoseconds(since: last) > Self.clockSlack
        return isEarlier ? .none : .tracked
    }

    private func choose(_ candidates: Candidates, _ first: Timestamp, _ opens: Bool) -> Found {
        if case .one(let match) = candidates.tracked, case .one(let former) = candidates.ended,
            records[match.slot].facts.contains(.start), first < records[match.slot].start
        {
            let isNext = opens && began(match.slot, nearerTo: first, than: former.slot)
            return isNext ? candidates.tracked : candidates.ended
        }
        if case .nothing = candidates.tracked {
            if case .nothing = candidates.ended { return candidates.untracked }
            return candidates.ended
        }
        return candidates.tracked
    }

    /// Whether all of a flow passed before the session of frames alone began that has its tuple: another tap told of the next connection
    /// first, and the one that the flow is of has been told to have ended.
    private func isOfFormer(_ flow: borrowing FlowObservation, _ match: Match) -> Bool {
        guard isEarlier(flow, than: match.slot), !wasSeen(where: flow, match) else { return false }
        return records[match.slot].start.nanoseconds(since: flow.last) < Self.longestDelay
    }

    /// Whether all of a flow passed, by its times, before the session of frames alone began that has its tuple.
    private func isEarlier(_ flow: borrowing FlowObservation, than slot: UInt32) -> Bool {
        let facts = records[slot].facts
        guard facts.isSuperset(of: [.packet, .start]), !facts.contains(.conntrack) else { return false }
        return records[slot].start.nanoseconds(since: flow.last) > Self.clockSlack
    }

    /// Whether the session was seen before at a flow's tap, which tells in the order in which packets pass: whatever the flow's times
    /// are, it came later.
    private func wasSeen(where flow: borrowing FlowObservation, _ match: Match) -> Bool {
        taps.contains(flow.tap, flow.vlans, match.direction, in: lanes[records[match.slot].laneSlot].taps)
    }

    /// Ends the session of frames alone that had a flow's tuple before, if the flow is of another one.
    ///
    /// - Returns: whether it is.
    private mutating func endFormer(_ match: Match, before flow: borrowing FlowObservation) -> Bool {
        let slot = match.slot
        let facts = records[slot].facts
        guard facts.isLive, !facts.contains(.conntrack), facts.contains(.packet) else { return false }
        if flow.first > records[slot].lastSeen {
            if wasIdle(slot, before: flow.first) {
                endIdle(slot)
                return true
            }
        } else if !isEarlier(flow, than: slot) {
            return false
        }
        // At another tap it may be the same connection's opening once more. What is earlier at one tap came after a clock was set back.
        guard flow.facts.isSuperset(of: [.isFirst, .opensConnection]), wasSeen(where: flow, match) else { return false }
        close(slot, .closed, at: records[slot].lastSeen)
        return true
    }

    // MARK: Beginning and end

    /// Begins a session that only frames told of so far; `nil` where the table is full.
    private mutating func beginFrameSession(
        _ flow: borrowing FlowObservation, hash: UInt32, at time: ReceiveTime
    ) -> UInt32? {
        var record = SessionRecord(
            id: SessionID(firstSeen: flow.first, original: flow.key), original: flow.key, reply: flow.key.inverse,
            start: flow.first, lastSeen: flow.first)
        // A segment in the midst of a connection says nothing about its beginning. Other protocols have none but the first packet.
        let isOpening = flow.facts.isSuperset(of: [.isFirst, .opensConnection])
        let isTCP = flow.key.transport == .tcp
        record.facts = isOpening || !isTCP ? [.live, .start] : .live
        if flow.facts.contains(.portless) { record.facts.insert(.fragments) }
        return insertPacketSession(record, hash: hash, at: time)
    }

    /// Has a TCP connection that frames show to be open last for as long as such may be silent. Whoever only begins connections, and
    /// never answers, must not fill the table with them.
    private mutating func prolong(_ slot: UInt32) {
        let place = records[slot].laneSlot
        guard records[slot].original.transport == .tcp, !lanes[place].isLasting, !lanes[place].isClosing,
            taps.areAnswered(lanes[place].taps)
        else { return }
        packetSessions.prolong(place, in: &lanes)
    }

    /// A session that only frames told of was closed by both sides: it ends when what is still on its way must have come.
    private mutating func awaitClose(of slot: UInt32, at time: ReceiveTime) {
        let place = records[slot].laneSlot
        guard !lanes[place].isClosing else { return }
        lanes[place].isClosing = true
        closing.append(Waiter(slot: slot, id: records[slot].id), until: time.monotonic &+ configuration.tapHold)
    }

    /// The session that was closed first has waited enough.
    mutating func closeFirst() {
        guard let first = closing.popFirst() else { return }
        let slot = first.slot
        // The place may have been given to another session meanwhile, and conntrack may have told of it.
        guard records[slot].id == first.id, records[slot].facts.isLive, !records[slot].facts.contains(.conntrack) else {
            return
        }
        close(slot, .closed, at: records[slot].lastSeen)
    }

    // MARK: Loss

    /// Whether captures may have missed packets of a session: it is older than they are, or they lost some since it began.
    func mayLackFrames(_ slot: UInt32) -> Bool {
        let facts = records[slot].facts
        guard facts.contains(.start), !facts.contains(.predatesListener) else { return true }
        let start = records[slot].start
        if let firstFrame, firstFrame.nanoseconds(since: start) > Self.clockSlack { return true }
        return lastFrameLoss.map { $0 >= start } ?? false
    }
}

extension SessionRecord {
    /// A capture saw packets of the session.
    ///
    /// - Returns: what is known of it.
    fileprivate mutating func see(from first: Timestamp, to last: Timestamp) -> SessionFacts {
        facts.insert(.packet)
        guard !facts.contains(.ended) else { return facts }
        lastSeen = max(lastSeen, last)
        if facts.isDisjoint(with: [.conntrack, .announced]) { start = min(start, first) }
        return facts
    }
}
