public import FlowModel

/// A part of the sessions, and where in the stream of events they were looked at.
public struct TableSlice: Sendable {
    /// Those whose beginning the stream has told, and whose end it has not.
    public var sessions: [Session]
    /// The number of the first event that the sessions do not yet show.
    public var sequence: UInt64
    /// When that was.
    public var time: Timestamp
    public var interfaces: InterfaceNames
    /// Whether the table has no further places.
    public var isLast: Bool
}

extension SessionTable {
    /// How many places were ever used: each session has one.
    var extent: UInt32 { UInt32(records.extent) }

    /// The sessions in some places whose beginning was told and whose end was not: also one that has ended, and whose end waits for
    /// packets.
    ///
    /// - Complexity: O(places).
    func told(in places: Range<UInt32>) -> [Session] {
        var sessions: [Session] = []
        for slot in places.clamped(to: 0..<extent) where isTold(slot) { sessions.append(session(slot)) }
        return sessions
    }

    private func isTold(_ slot: UInt32) -> Bool {
        let facts = records[slot].facts
        guard facts.isSuperset(of: [.live, .announced]) else { return false }
        return !facts.contains(.ended) || !departures[records[slot].departureSlot].isTold
    }
}
