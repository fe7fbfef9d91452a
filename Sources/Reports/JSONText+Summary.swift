import FlowModel
import Query

// Written once an answer: clarity goes before speed here.

extension JSONText {
    /// What the summary takes up at most.
    static func longestSummary(of answer: borrowing SessionAnswer) -> Int {
        (answer.notes + answer.summary.downSources + [answer.filter ?? "", answer.having ?? ""]).reduce(4096) {
            $0 + longestString(ofLength: $1.utf8.count) + 1
        }
    }

    /// Appends the value of `summary`: the facts of ``SummaryText`` for machines.
    mutating func appendSummary(of answer: borrowing SessionAnswer) {
        let totals = answer.totals
        append(word: "{")
        field("schema", 1)
        field("time", answer.now)
        if let filter = answer.filter {
            openKey("filter")
            append(string: Array(filter.utf8))
            append(word: ",")
            field("unjudged", UInt64(answer.unjudgedCount))
        }
        if let groups = answer.groups { append(groups, of: answer) }
        field("shown", UInt64(answer.groups?.count ?? answer.sessions.count))
        field("sessions", UInt64(totals.sessionCount))
        if totals.hasCounters || totals.sessionCount == 0 {
            field("bytes", totals.counters.byteCount)
            field("packets", totals.counters.packetCount)
        }
        field("exact", totals.isExact)
        field("unknown_counters", UInt64(totals.unknownCount))
        field("inexact_counters", UInt64(totals.inexactCount))
        if let age = answer.countersAge { field("counters_age", age) }
        if let rate = totals.rate { append(rate, of: totals.ratedCount) }
        if let start = totals.earliestStart { field("start", start) }
        if let fill = answer.fill { append(fill) }
        append(answer.summary, watchedSince: answer.watchedSince)
        appendNotes(answer.notes)
        close("}")
        // The comma that close leaves for a next member.
        dropLast()
    }

    /// The sum of the rates that are known, and of how many sessions that is.
    private mutating func append(_ rate: Counters, of sessionCount: Int) {
        openObject("rate")
        field("bytes", rate.byteCount)
        field("packets", rate.packetCount)
        field("sessions", UInt64(sessionCount))
        close("}")
    }

    /// Conntrack's table.
    private mutating func append(_ fill: TableFill) {
        openObject("table")
        field("entries", UInt64(max(0, fill.count)))
        field("limit", UInt64(max(0, fill.limit)))
        close("}")
    }

    private mutating func append(_ groups: GroupRanking, of answer: borrowing SessionAnswer) {
        openKey("by")
        append(word: "[")
        for column in groups.grouping.columns {
            append(UInt8(ascii: "\""))
            append(word: column.name)
            append(word: "\",")
        }
        close("]")
        if let having = answer.having {
            openKey("having")
            append(string: Array(having.utf8))
            append(word: ",")
            field("unjudged_groups", UInt64(groups.unjudgedCount))
        }
        field("groups", UInt64(groups.groupCount))
    }

    mutating func append(_ summary: TableSummary, watchedSince: Timestamp?) {
        field("complete", summary.isComplete)
        if let watchedSince { field("watched_since", watchedSince) }
        let lanes = summary.lanes
        field("lost", summary.lostCounts, lanes)
        field("loss_times", summary.lossSpans, lanes)
        if summary.sufficientBuffer > 0 { field("sufficient_conntrack_buffer", UInt64(summary.sufficientBuffer)) }
        if summary.grownBuffer > 0 { field("grown_conntrack_buffer", UInt64(summary.grownBuffer)) }
        field("uncounted_losses", summary.uncountedLosses)
        field("malformed", summary.malformedCounts, lanes)
        field("faults", summary.faultCounts)
        field("unwritten_events", summary.unwrittenEvents)
        field("evicted", summary.evictedCount)
        if !summary.downSources.isEmpty {
            openKey("down")
            append(word: "[")
            for source in summary.downSources {
                append(string: Array(source.utf8))
                append(word: ",")
            }
            close("]")
        }
        field("shed", summary.wasShed)
        field("events_off", summary.eventsWereOff)
        if let span = summary.eventsOffSpan { field("events_off_times", span) }
        field("refused", summary.refusedCount)
        field("ambiguous_packets", summary.ambiguousPackets)
        field("stray_errors", summary.strayErrorCount)
        if summary.lanes.contains(.packet) { append(summary.frames) }
        if let wasComplete = summary.lastDumpWasComplete { field("last_dump_complete", wasComplete) }
        field("recording_damaged", summary.recordingIsDamaged)
    }

    /// What captures read.
    private mutating func append(_ frames: FrameFigures) {
        openObject("frames")
        field("read", frames.frameCount)
        field("not_ip", frames.otherCount)
        field("flows_told_early", frames.earlyFlowCount)
        close("}")
    }

    private mutating func field(_ key: String, _ counts: LaneCounts, _ lanes: [Lane]) {
        openObject(key)
        for lane in lanes { field(lane.keyword, counts[lane]) }
        close("}")
    }

    /// From the first to the last loss of each lane that had any.
    private mutating func field(_ key: String, _ spans: [Lane: LossSpan], _ lanes: [Lane]) {
        openObject(key)
        for lane in lanes {
            if let span = spans[lane] { field(lane.keyword, span) }
        }
        close("}")
    }

    private mutating func field(_ key: String, _ span: LossSpan) {
        openObject(key)
        field("from", span.from)
        field("to", span.to)
        close("}")
    }

    /// The kinds of fault that there were, by their keywords; empty where nothing was malformed.
    private mutating func field(_ key: String, _ faults: [WireFault: UInt64]) {
        openObject(key)
        for fault in WireFault.allCases { if let count = faults[fault] { field(fault.keyword, count) } }
        close("}")
    }
}
