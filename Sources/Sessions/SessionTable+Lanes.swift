import FlowModel

// What packets told of a session lies apart from its record, as of most sessions they tell nothing: a small lane, and what rules
// logged apart from that again, as captures see every session and rules log some.

extension SessionTable {
    /// - Returns: the place of the session's lane.
    @discardableResult
    mutating func ensureLane(_ slot: UInt32) -> UInt32 {
        let known = records[slot].laneSlot
        guard known == .max else { return known }
        let place = lanes.insert(TrackedLane(owner: slot))
        records[slot].laneSlot = place
        return place
    }

    /// What rules logged of a session; `nil` where they logged nothing.
    func log(of slot: UInt32) -> LogLane? {
        let place = records[slot].laneSlot
        guard place != .max, lanes[place].log != .max else { return nil }
        return logs[lanes[place].log]
    }

    /// The place of what rules logged, for a session that has a lane.
    mutating func ensureLog(of place: UInt32) -> UInt32 {
        if lanes[place].log == .max { lanes[place].log = logs.insert(LogLane()) }
        return lanes[place].log
    }

    mutating func removeLog(of place: UInt32) {
        guard lanes[place].log != .max else { return }
        logs.remove(lanes[place].log)
        lanes[place].log = .max
    }
}
