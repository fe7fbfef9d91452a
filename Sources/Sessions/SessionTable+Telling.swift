import FlowModel

extension SessionTable {
    /// Tells an event that is about no session, if events are wanted.
    mutating func tell(_ kind: SessionEvent.Kind, at time: Timestamp) {
        if isTold(kind), hasRoomToTell() { events.append(SessionEvent(time: time, kind: kind)) }
    }

    /// Tells an event about the session in a slot, if events are wanted; only then is the session put together.
    mutating func tell(_ kind: SessionEvent.Kind, _ slot: UInt32, at time: Timestamp) {
        guard isTold(kind) else { return }
        guard configuration.isWanted == nil else { return tell(kind, session(slot), at: time) }
        if hasRoomToTell() { events.append(SessionEvent(time: time, kind: kind, session: session(slot))) }
    }

    /// Tells an event about a session that has no slot.
    mutating func tell(_ kind: SessionEvent.Kind, _ session: Session, at time: Timestamp) {
        guard isTold(kind) else { return }
        if let isWanted = configuration.isWanted, !isWanted(session, interfaces, time) { return }
        if hasRoomToTell() { events.append(SessionEvent(time: time, kind: kind, session: session)) }
    }

    /// Whether what becomes of the session in a slot is anybody's wish to know.
    func isWanted(_ slot: UInt32, at time: ReceiveTime) -> Bool {
        configuration.isWanted.map { $0(session(slot), interfaces, time.wall) } ?? true
    }

    private func isTold(_ kind: SessionEvent.Kind) -> Bool {
        guard configuration.tellsEvents else { return false }
        guard configuration.tellsOnlyEnds else { return true }
        if case .end = kind { return true }
        return false
    }

    private mutating func hasRoomToTell() -> Bool {
        guard events.count < configuration.maximumEvents else {
            untoldCount &+= 1
            return false
        }
        return true
    }

    /// How many events were not told for want of room since the last call.
    mutating func takeUntold() -> UInt64 {
        defer { untoldCount = 0 }
        return untoldCount
    }
}
