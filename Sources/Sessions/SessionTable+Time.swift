import FlowModel

/// A session that packets told of, and whose word from conntrack is still awaited.
struct Waiter {
    var slot: UInt32
    var id: SessionID
}

/// A session that has ended, and whose last logged packets may still be on their way: NFLOG gathers packets for up to its
/// flush timeout, while conntrack tells an end at once.
struct Departure {
    var slot: UInt32
    var end: SessionEnd
    /// Whether the stream was told of the end.
    var isTold: Bool
}

extension SessionTable {
    /// Does what is due by `time`, in the order in which it fell due, so that a replay, which looks at other moments, tells
    /// the same.
    mutating func settle(at time: ReceiveTime) {
        let grace = Tombstones.grace
        if !dump.isRunning, time.monotonic >= (dump.lastEnd?.monotonic ?? 0) &+ grace {
            tombstones.forget(before: time.monotonic &- min(time.monotonic, grace))
        }
        while true {
            let idle = idleDeadline
            let next = min(waiting.nextDeadline, departures.nextDeadline, idle)
            guard next <= time.monotonic else { return }
            if waiting.nextDeadline == next {
                stopWaiting()
            } else if departures.nextDeadline == next {
                letGo()
            } else {
                endIdle()
            }
        }
    }

    /// Nothing more will come: what waits is told as it is.
    mutating func settleAll() {
        while waiting.count > 0 { stopWaiting() }
        while departures.count > 0 { letGo() }
    }

    /// Conntrack had no word about a packet's session: it stands for itself.
    private mutating func stopWaiting() {
        guard let waiter = waiting.popFirst() else { return }
        // The place may have been given to another session meanwhile.
        let record = records[waiter.slot]
        guard record.facts.contains(.awaitsConntrack), record.id == waiter.id else { return }
        records[waiter.slot].facts.remove(.awaitsConntrack)
        announce(waiter.slot, at: record.start)
    }

    /// Whether there is a place for one more session. One that has ended goes at once where its place is needed.
    mutating func makeRoom() -> Bool {
        if records.count >= configuration.maximumSessions, departures.count > 0 { letGo() }
        return records.count < configuration.maximumSessions
    }

    /// No more packets will come for a session that has ended.
    private mutating func letGo() {
        guard let departure = departures.popFirst() else { return }
        if !departure.isTold { tell(.end(departure.end), departure.slot, at: departure.end.time) }
        forget(departure.slot)
    }

    /// When the session that only packets told of, and that was unused for longest, ends.
    private var idleDeadline: UInt64 {
        packetSessions.oldest.map { lanes[$0].lastUsed &+ configuration.packetIdle } ?? .max
    }

    private mutating func endIdle() {
        guard let place = packetSessions.oldest else { return }
        let slot = lanes[place].owner
        let told = records[slot].lastSeen.nanoseconds &+ Int64(clamping: configuration.packetIdle)
        close(slot, .timeout, at: Timestamp(nanoseconds: told))
    }
}
