import FlowModel
import Query

extension CSVText {
    /// The columns of a list of sessions.
    public static let listColumns = ["time"] + sessionColumns + ["last", "rate", "pps"]

    /// Appends a live session as a row.
    mutating func appendRow(_ session: borrowing Session, at now: Timestamp, names: NameBook) {
        time(now)
        append(session, CommunityIDTexts(of: session), until: now, names: names)
        time(session.record.lastSeen)
        number(session.bytesPerSecond)
        number(session.packetsPerSecond)
        endRow()
    }
}
