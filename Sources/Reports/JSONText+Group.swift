import FlowModel
import Query

extension JSONText {
    /// Appends a group as an object: what its sessions come to under the names of the event stream, and what they have in common
    /// in `nfmon.by`, under the columns' names; what is unknown is absent there, too.
    mutating func append(
        _ group: SessionGroup, by grouping: Grouping, at now: Timestamp, names: borrowing NameBook
    ) {
        let totals = group.totals
        append(word: "{")
        field("@timestamp", now)
        openObject("event")
        append(word: #""kind":"metric","#)
        if let start = totals.sessions.earliestStart { field("start", start) }
        close("}")
        append("network", totals.counters)
        append("source", totals.counters(of: .original))
        append("destination", totals.counters(of: .reply))
        openObject("nfmon")
        field("schema", 1)
        openObject("by")
        for (column, value) in zip(grouping.columns, group.values) { append(column.subject.name, value, names) }
        close("}")
        field("sessions", UInt64(totals.sessions.sessionCount))
        field("denied", UInt64(totals.deniedCount))
        field("attempts", totals.attemptCount)
        field("exact", totals.exactness == .exact)
        field("exactness", text: totals.exactness.keyword)
        field("unknown_counters", UInt64(totals.sessions.unknownCount))
        field("inexact_counters", UInt64(totals.sessions.inexactCount))
        field("last_seen", totals.lastSeen)
        if let rate = totals.rate {
            openObject("rate")
            field("bytes", rate.byteCount)
            field("packets", rate.packetCount)
            field("sessions", UInt64(totals.ratedCount))
            close("}")
        }
        close("}")
        close("}")
        // The comma that close leaves for a next member.
        dropLast()
    }

    private mutating func append(_ key: String, _ counters: Counters?) {
        guard let counters else { return }
        openObject(key)
        field("bytes", counters.byteCount)
        field("packets", counters.packetCount)
        close("}")
    }

    private mutating func append(_ key: String, _ value: GroupValue, _ names: borrowing NameBook) {
        switch value {
        case .unknown: return
        case .number(let number): return field(key, number)
        case .word(let word): return field(key, text: word)
        case .address(let address, let family, let length):
            openKey(key)
            append(UInt8(ascii: "\""))
            append(address, family: family)
            if let length {
                append(UInt8(ascii: "/"))
                append(decimal: UInt64(length))
            }
            append(UInt8(ascii: "\""))
        case .name(let name):
            openKey(key)
            append(string: names.bytes(of: name))
        case .interface(let index):
            openKey(key)
            append(string: names.interface(index))
        }
        append(UInt8(ascii: ","))
    }
}
