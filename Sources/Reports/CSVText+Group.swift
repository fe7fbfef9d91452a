import FlowModel
import Query

extension CSVText {
    /// The columns of a list of groups.
    static func columns(of grouping: Grouping) -> [String] {
        ["time"] + grouping.columns.map(\.subject.name) + [
            "sessions", "denied", "attempts", "bytes", "packets", "src_bytes", "src_packets", "dst_bytes",
            "dst_packets",
            "exactness", "unknown_counters", "inexact_counters", "rate", "pps", "rated", "start", "last",
        ]
    }

    /// Appends a group as a row.
    mutating func appendRow(_ group: SessionGroup, at now: Timestamp, names: NameBook) {
        let totals = group.totals
        time(now)
        for value in group.values { append(value, names) }
        number(UInt64(totals.sessions.sessionCount))
        number(UInt64(totals.deniedCount))
        number(totals.attemptCount)
        append(totals.counters)
        append(totals.counters(of: .original))
        append(totals.counters(of: .reply))
        word(totals.exactness.keyword)
        number(UInt64(totals.sessions.unknownCount))
        number(UInt64(totals.sessions.inexactCount))
        append(totals.rate)
        number(UInt64(totals.ratedCount))
        time(totals.sessions.earliestStart)
        time(totals.lastSeen)
        endRow()
    }

    private mutating func append(_ value: GroupValue, _ names: NameBook) {
        switch value {
        case .unknown: skip()
        case .number(let value): number(value)
        case .word(let value): word(value)
        case .name(let name): text(names.bytes(of: name))
        case .interface(let index): text(names.interface(index))
        case .address:
            var address: [UInt8] = []
            value.append(to: &address, names: names)
            text(address)
        }
    }

    private mutating func append(_ counters: Counters?) {
        number(counters?.byteCount)
        number(counters?.packetCount)
    }
}
