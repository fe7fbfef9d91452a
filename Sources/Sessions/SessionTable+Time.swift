import FlowModel

extension SessionTable {
    /// Does what is due by `time`, in the order in which it fell due, so that a replay, which looks at other moments, tells
    /// the same.
    mutating func settle(at time: ReceiveTime) {
        if !dump.isRunning { tombstones.forget(before: time.monotonic &- min(time.monotonic, Tombstones.grace)) }
        while true {
            let waiter = waiting.first.flatMap { $0.deadline <= time.monotonic ? $0 : nil }
            let idle = packetSessions.oldest.flatMap { place -> (slot: UInt32, deadline: UInt64)? in
                let deadline = lanes[place].lastUsed &+ configuration.packetIdle
                return deadline <= time.monotonic ? (lanes[place].owner, deadline) : nil
            }
            if let waiter, waiter.deadline <= idle?.deadline ?? .max {
                waiting.dismissFirst()
                stopWaiting(waiter)
            } else if let idle {
                let end = records[idle.slot].lastSeen.nanoseconds &+ Int64(clamping: configuration.packetIdle)
                close(idle.slot, SessionEnd(cause: .timeout, time: Timestamp(nanoseconds: end)))
            } else {
                return
            }
        }
    }

    /// Conntrack's word will not come any more.
    mutating func settleAllWaiting(at time: ReceiveTime) {
        while let waiter = waiting.first {
            waiting.dismissFirst()
            stopWaiting(waiter)
        }
    }

    private mutating func stopWaiting(_ waiter: WaitingRoom.Waiter) {
        // The place may have been given to another session meanwhile.
        let record = records[waiter.slot]
        guard record.facts.contains(.awaitsConntrack), record.id == waiter.id else { return }
        records[waiter.slot].facts.remove(.awaitsConntrack)
        announce(waiter.slot, at: record.start)
    }
}
