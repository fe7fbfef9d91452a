import FlowModel
import Query

extension CSVText {
    /// The columns of a list of sessions.
    public static let listColumns = ["time"] + sessionColumns + ["last", "rate", "pps", "counters_age_ns"]

    /// Appends a live session as a row.
    mutating func appendRow(_ session: borrowing Session, at now: Timestamp, _ monotonicNow: UInt64?, names: NameBook) {
        time(now)
        append(session, CommunityIDTexts(of: session), until: now, names: names)
        time(session.record.lastSeen)
        number(session.bytesPerSecond)
        number(session.packetsPerSecond)
        if let monotonicNow { number(session.countersAge(at: monotonicNow)) } else { skip() }
        endRow()
    }
}
