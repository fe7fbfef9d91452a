import FlowModel
import Query

extension JSONText {
    /// Appends a live session as an object, with the names of the event stream.
    ///
    /// ECS has `event.kind` "state" for a record of how things stand; such a record has no action and no sequence number.
    mutating func append(_ session: borrowing Session, at now: Timestamp, names: NameBook) {
        openObject()
        field("@timestamp", now)
        openObject("event")
        field("kind", word: "state")
        if let duration = session.duration(to: now) { field("duration", duration) }
        if let start = session.start { field("start", start) }
        closeObject()
        appendTraffic(of: session, names: names)
        openNfmon()
        appendIdentity(of: session)
        field("last_seen", session.record.lastSeen)
        appendFacts(of: session, names: names)
        if let bytesPerSecond = session.bytesPerSecond, let packetsPerSecond = session.packetsPerSecond {
            openObject("rate")
            field("bytes", bytesPerSecond)
            field("packets", packetsPerSecond)
            closeObject()
        }
        closeObject()
        closeObject()
    }

    /// Appends `summary`: the facts of ``SummaryText`` for machines.
    mutating func appendSummary(of answer: SessionAnswer) {
        let totals = answer.sessions.totals
        openObject("summary")
        field("schema", Self.schemaVersion)
        field("time", answer.now)
        field("shown", UInt64(answer.sessions.count))
        field("sessions", UInt64(totals.sessionCount))
        field("bytes", totals.counters.byteCount)
        field("packets", totals.counters.packetCount)
        field("exact", totals.isExact)
        field("unknown_counters", UInt64(totals.unknownCount))
        field("inexact_counters", UInt64(totals.inexactCount))
        if let start = totals.earliestStart { field("start", start) }
        field("sort", word: answer.sessions.key.name)
        append(answer.summary, watchedSince: answer.watchedSince)
        openArray("notes")
        for note in answer.notes {
            separate()
            append(string: Array(note.utf8))
        }
        closeArray()
        closeObject()
    }

    private mutating func append(_ summary: TableSummary, watchedSince: Timestamp?) {
        field("complete", summary.isComplete)
        if let watchedSince { field("watched_since", watchedSince) }
        append("lost", summary.lostCounts)
        field("uncounted_losses", summary.uncountedLosses)
        append("malformed", summary.malformedCounts)
        field("unwritten_events", summary.unwrittenEvents)
        field("evicted", summary.evictedCount)
        field("refused", summary.refusedCount)
        field("ambiguous_packets", summary.ambiguousPackets)
        if let wasComplete = summary.lastDumpWasComplete { field("last_dump_complete", wasComplete) }
    }

    private mutating func append(_ key: String, _ counts: [Lane: UInt64]) {
        openObject(key)
        for lane in Lane.allCases { field(lane.keyword, counts[lane] ?? 0) }
        closeObject()
    }
}
