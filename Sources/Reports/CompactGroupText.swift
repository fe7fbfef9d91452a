import FlowModel
import Query

extension [UInt8] {
    /// Appends a group as one line for people: `src 10.0.0.0/24 dport 443: 12 sessions, 47.1KiB 61p, 5.8KiB/s`.
    mutating func appendCompact(_ group: SessionGroup, by grouping: Grouping, names: NameBook) {
        for (index, column) in grouping.columns.enumerated() {
            if index > 0 { append(UInt8(ascii: " ")) }
            append(contentsOf: column.subject.name.utf8)
            append(UInt8(ascii: " "))
            let start = count
            group.values[index].append(to: &self, names: names)
            if count == start { append(UInt8(ascii: "-")) }
        }
        append(contentsOf: ": ".utf8)
        let totals = group.totals
        appendCount(UInt64(totals.sessions.sessionCount), "session")
        if totals.deniedCount > 0 {
            append(contentsOf: ", ".utf8)
            appendGrouped(UInt64(totals.deniedCount))
            append(contentsOf: totals.attemptsAreLowerBound ? " denied (>".utf8 : " denied (".utf8)
            appendCount(totals.attemptCount, "attempt")
            append(UInt8(ascii: ")"))
        }
        if let counters = totals.counters {
            append(contentsOf: totals.exactness == .exact ? ", ".utf8 : ", >".utf8)
            appendByteCount(counters.byteCount)
            append(UInt8(ascii: " "))
            appendDecimal(counters.packetCount)
            append(UInt8(ascii: "p"))
        }
        if let rate = totals.rate {
            append(contentsOf: totals.isRateWhole ? ", ".utf8 : ", >".utf8)
            appendByteCount(rate.byteCount)
            append(contentsOf: "/s".utf8)
        }
    }
}
