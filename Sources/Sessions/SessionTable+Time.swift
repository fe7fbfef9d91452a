import FlowModel

/// A session that has ended, and whose last packets may still be on their way: NFLOG gathers packets for up to its
/// flush timeout, and captures tell once a second, while conntrack tells an end at once.
struct Departure {
    /// The session's slot; `max` where it had to go before its time.
    var slot: UInt32 = .max
    var end = SessionEnd(cause: .event, time: Timestamp(nanoseconds: 0))
    /// Whether the stream was told of the end.
    var isTold = false
    /// What of its traffic was not counted yet.
    var growth = DirectionalCounters()
}

extension SessionTable {
    /// Does what is due by `time`, in the order in which it fell due, so that a replay, which looks at other moments, tells
    /// the same.
    mutating func settle(at time: ReceiveTime) {
        rateHorizon = time.monotonic &- min(time.monotonic, dump.greatestRateAge)
        let grace = Tombstones.grace
        if !dump.isRunning, time.monotonic >= (dump.lastEnd?.monotonic ?? 0) &+ grace {
            tombstones.forget(before: time.monotonic &- min(time.monotonic, grace))
        }
        while true {
            let idle = idleDeadline
            let next = min(
                held.nextDeadline, begun.nextDeadline, waiting.nextDeadline, closing.nextDeadline,
                departing.nextDeadline, idle)
            guard next <= time.monotonic else { return }
            if held.nextDeadline == next {
                releaseFirst()
            } else if begun.nextDeadline == next {
                noteFirstBegun()
            } else if waiting.nextDeadline == next {
                stopWaiting()
            } else if closing.nextDeadline == next {
                closeFirst()
            } else if departing.nextDeadline == next {
                letFirstGo()
            } else {
                endIdle()
            }
        }
    }

    /// Nothing more will come: what waits is told as it is.
    mutating func settleAll() {
        while held.count > 0 { releaseFirst() }
        while begun.count > 0 { noteFirstBegun() }
        while waiting.count > 0 { stopWaiting() }
        while closing.count > 0 { closeFirst() }
        while departing.count > 0 { letFirstGo() }
    }

    /// Whether there is a place for one more session. One that has ended goes at once where its place is needed.
    mutating func makeRoom() -> Bool {
        while records.count >= configuration.maximumSessions, departing.count > 0 { letFirstGo() }
        return records.count < configuration.maximumSessions
    }

    /// How many sessions of one tuple are kept that have ended: what was captured or logged of each is told a moment later.
    private static var greatestDepartedCount: Int { 8 }

    /// Keeps a session that has ended for the packets that are still on their way, in place of an older one of its tuple:
    /// who opens and closes the same connection over and over must not fill the table with it.
    ///
    /// - Parameters:
    ///   - growth: what of its traffic was not counted yet.
    ///   - hash: the original tuple's.
    mutating func see(
        off slot: UInt32, _ end: SessionEnd, isTold: Bool, growth: DirectionalCounters?, hash: UInt32,
        at time: ReceiveTime
    ) {
        let others = departed(of: records[slot].original, hash: hash)
        if let others, others.count >= Self.greatestDepartedCount { letGo(others.first) }
        let place = departures.insert(
            Departure(slot: slot, end: end, isTold: isTold, growth: growth ?? DirectionalCounters()))
        records[slot].facts.insert(.ended)
        records[slot].departureSlot = place
        departedCount += 1
        departing.append(place, until: time.monotonic &+ departureHold)
    }

    /// Nanoseconds for which packets of a session that has ended may still come.
    private var departureHold: UInt64 {
        readsFrames ? max(configuration.tapHold, configuration.packetHold) : configuration.packetHold
    }

    /// The time is over for the one that has waited longest.
    private mutating func letFirstGo() {
        guard let place = departing.popFirst() else { return }
        let slot = departures[place].slot
        if slot != .max { letGo(slot) }
        departures.remove(place)
    }

    /// No more packets will come for a session that has ended.
    private mutating func letGo(_ slot: UInt32) {
        let place = records[slot].departureSlot
        let departure = departures[place]
        departures[place].slot = .max
        departedCount -= 1
        countTraffic(departure.growth, of: slot)
        if !departure.isTold { tell(.end(departure.end), slot, at: departure.end.time) }
        forget(slot)
    }

    /// When the first of the sessions that only packets told of ends for want of packets.
    private var idleDeadline: UInt64 {
        min(
            idleDeadline(of: packetSessions.oldestBrief), idleDeadline(of: packetSessions.oldestLasting),
            idleDeadline(of: denied.ages.oldest))
    }

    private func idleDeadline(of place: UInt32?) -> UInt64 {
        place.map { lanes[$0].lastUsed &+ idleTime(of: $0) } ?? .max
    }

    private func idleTime(of place: UInt32) -> UInt64 {
        lanes[place].isLasting ? configuration.connectionIdle : configuration.packetIdle
    }

    private mutating func endIdle() {
        let deadline = idleDeadline
        for place in [packetSessions.oldestBrief, packetSessions.oldestLasting, denied.ages.oldest] {
            guard let place, idleDeadline(of: place) == deadline else { continue }
            return endIdle(lanes[place].owner)
        }
    }

    /// Whether no packet of a session that only packets told of came for so long before `time` that it had ended by then, whenever
    /// somebody comes to look.
    func wasIdle(_ slot: UInt32, before time: Timestamp) -> Bool {
        let idle = time.nanoseconds(since: records[slot].lastSeen)
        return idle > Int64(clamping: idleTime(of: records[slot].laneSlot))
    }

    /// Ends a session for want of packets.
    mutating func endIdle(_ slot: UInt32) {
        let idle = Int64(clamping: idleTime(of: records[slot].laneSlot))
        close(slot, .timeout, at: Timestamp(nanoseconds: records[slot].lastSeen.nanoseconds &+ idle))
    }
}
