import FlowModel

extension SessionTable {
    /// The session in a slot, as outputs see it.
    func session(_ slot: UInt32) -> Session {
        let place = records[slot].laneSlot
        // Put together in place: it is half a kilobyte, and every copy of it shows in what an event costs.
        var session = Session(record: records[slot], nflog: nil)
        if records[slot].countersReadAt < rateHorizon { session.record.facts.remove(.rate) }
        guard place != .max else { return session }
        if records[slot].facts.contains(.packet) {
            session.taps = taps.list(
                lanes[place].taps, isLowerBound: mayLackFrames(slot), otherCount: lanes[place].otherTapCount)
        }
        guard records[slot].facts.contains(.nflog), lanes[place].log != .max else { return session }
        session.nflog = logs[lanes[place].log]
        let chain = lanes[place].denials
        if chain != DenialChains.none { session.denials = denials.list(chain) }
        if mayLackPackets(slot) { session.nflog?.isLowerBound = true }
        return session
    }

    /// Whether rules may have logged packets of a session that nfmon did not get.
    private func mayLackPackets(_ slot: UInt32) -> Bool {
        let facts = records[slot].facts
        guard facts.contains(.start), !facts.contains(.predatesListener) else { return true }
        return lastPacketLoss.map { $0 >= records[slot].start } ?? false
    }
}
