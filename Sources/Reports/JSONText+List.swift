import FlowModel
import Query

extension JSONText {
    /// Appends a live session as an object, with the names of the event stream.
    ///
    /// ECS has `event.kind` "state" for a record of how things stand; such a record has no action and no sequence number.
    ///
    /// - Parameter monotonicNow: what the age of counters is counted to.
    mutating func append(
        _ session: borrowing Session, at now: Timestamp, _ monotonicNow: UInt64?, names: borrowing NameBook
    ) {
        let ids = CommunityIDTexts(of: session)
        append(words.open)
        append(now)
        append(words.state)
        if let duration = session.duration(to: now) { field(words.duration, duration) }
        if let start = session.start { field(words.start, start) }
        appendTraffic(of: session, ids, names: names)
        openNfmon(of: session, ids)
        field(words.lastSeen, session.record.lastSeen)
        appendFacts(of: session, names: names)
        if let monotonicNow, let age = session.countersAge(at: monotonicNow) {
            field(words.countersAge, age)
            closeObject()
        }
        if let bytesPerSecond = session.bytesPerSecond, let packetsPerSecond = session.packetsPerSecond {
            field(words.rateBytes, bytesPerSecond)
            field(words.packets, packetsPerSecond)
            closeObject()
        }
        closeObject()
        closeObject()
    }
}
