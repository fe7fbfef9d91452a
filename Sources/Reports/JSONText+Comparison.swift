import Comparison
import FlowModel
import Query

// Written once an answer: clarity goes before speed here.

extension [UInt8] {
    /// Appends one object: `{"sessions":[…],"summary":{…}}`, a session a line.
    mutating func appendObject(_ sessions: ArraySlice<ComparedSession>, _ result: ComparisonOutcome) {
        var page = JSONPage()
        append(contentsOf: #"{"sessions":["#.utf8)
        for (index, session) in sessions.enumerated() {
            append(contentsOf: (index == 0 ? "\n" : ",\n").utf8)
            append(session, result, on: &page)
        }
        append(contentsOf: "],\n\"summary\":".utf8)
        var text = page.text(result.names, upTo: result.longestSummary)
        text.appendSummary(of: result)
        page.flush(text.end, into: &self)
        append(contentsOf: "}\n".utf8)
    }

    /// Appends one object a line.
    mutating func appendLines(_ sessions: ArraySlice<ComparedSession>, _ result: ComparisonOutcome) {
        var page = JSONPage()
        for session in sessions {
            append(session, result, on: &page)
            append(UInt8(ascii: "\n"))
        }
    }

    private mutating func append(_ session: ComparedSession, _ result: ComparisonOutcome, on page: inout JSONPage) {
        let evidence = session.differences.reduce(0) { size, difference in
            difference.evidence.reduce(size + 512) { $0 + JSONText.longestString(ofLength: $1.utf8.count) + 1 }
        }
        // Beside its own text the taps, each with an interface's name of 255 bytes at most.
        let taps = session.session.taps.lanes.count * (1024 + JSONText.longestString(ofLength: 255))
        var text = page.text(result.names, upTo: 2 * JSONPage.size + evidence + taps)
        text.append(session, result)
        page.flush(text.end, into: &self)
    }
}

extension ComparisonOutcome {
    /// What the summary takes up at most.
    fileprivate var longestSummary: Int {
        let texts =
            summary.ruleUses.map(\.watched.title) + facts.notes
            + facts.unlooked.flatMap { [$0.subject, $0.reason, $0.cure] }
        return texts.reduce(16_384) { $0 + JSONText.longestString(ofLength: $1.utf8.count) + 256 }
    }
}

extension JSONText {
    /// Appends `{"session":{…},"lanes":{…},"differences":[…]}`; the session has the names of the event stream.
    fileprivate mutating func append(_ compared: ComparedSession, _ result: ComparisonOutcome) {
        append(word: "{")
        openKey("session")
        append(compared.session, at: result.facts.end, nil, names: result.names)
        append(word: ",")
        openObject("lanes")
        for lane in compared.lanes { append(lane, of: compared, result.names) }
        close("}")
        openKey("differences")
        append(word: "[")
        for difference in compared.differences { append(difference) }
        close("]")
        close("}")
        // The comma that close leaves for a next member.
        dropLast()
    }

    private mutating func append(_ lane: Lane, of compared: ComparedSession, _ names: borrowing NameBook) {
        openObject(lane.keyword)
        let times = compared.times(of: lane)
        if let first = times.first { field("first", first) }
        if let last = times.last { field("last", last) }
        if let counters = compared.counters(of: lane) {
            field("original", counters.original)
            field("reply", counters.reply)
        }
        if lane == .conntrack, let baseline = compared.baseline {
            openObject("before")
            field("original", baseline.original)
            field("reply", baseline.reply)
            close("}")
        }
        if lane == .packet {
            openKey("taps")
            append(word: "[")
            for tap in compared.session.taps.lanes { append(tap, names) }
            close("]")
        }
        close("}")
    }

    private mutating func append(_ lane: TapLane, _ names: borrowing NameBook) {
        append(word: "{")
        if lane.tap.interface != 0 {
            openKey("interface")
            append(string: names.interface(lane.tap.interface))
            append(word: ",")
        }
        field("way", text: "\(lane.tap.direction)")
        for (key, counts) in [("original", lane.original), ("reply", lane.reply)] {
            openObject(key)
            field("seen", counts.seen)
            field("whole", counts.whole)
            field("wire", counts.wire)
            field("aggregates", UInt64(counts.aggregateCount))
            field("fragments", UInt64(counts.fragmentCount))
            field("errors", UInt64(counts.errorCount))
            close("}")
        }
        close("}")
    }

    private mutating func append(_ difference: Difference) {
        append(word: "{")
        field("reason", text: difference.reason.rawValue)
        field("certain", difference.isCertain)
        field("direction", text: difference.direction == .original ? "original" : "reply")
        field("more", text: difference.more.rawValue)
        field("fewer", text: difference.fewer.rawValue)
        field("packets", difference.packetCount)
        field("bytes", difference.byteCount)
        field("bytes_exact", difference.knowsBytes)
        field("evidence", texts: difference.evidence)
        close("}")
    }

    private mutating func field(_ key: String, _ counters: Counters) {
        openObject(key)
        field("packets", counters.packetCount)
        field("bytes", counters.byteCount)
        close("}")
    }

    // MARK: Summary

    fileprivate mutating func appendSummary(of result: ComparisonOutcome) {
        let (summary, facts) = (result.summary, result.facts)
        append(word: "{")
        field("schema", 1)
        field("start", facts.start)
        field("end", facts.end)
        field("sessions", summary.sessionCount)
        field("differing", summary.differingCount)
        field("not_logged", summary.unloggedCount)
        field("idle", summary.idleCount)
        field("never_tracked", summary.neverTrackedCount)
        field("filtered", facts.filteredCount)
        field("unkept", summary.unkeptCount)
        field("outside", summary.outsideCount)
        field("untold", facts.untoldCount)
        field("ambiguous_packets", facts.ambiguousCount)
        field("refused", facts.refusedCount)
        field("evicted", facts.evictedCount)
        field("foreign_frames", facts.foreignCount)
        appendSets(summary)
        openObject("lanes")
        for lane in Lane.allCases where facts.lanes.contains(lane) { append(lane, summary, facts) }
        close("}")
        if let bytes = facts.residentBytes { field("resident_bytes", bytes) }
        if let time = facts.interruptTime { field("host_softirq_ns", time) }
        if let failures = facts.failures {
            openObject("conntrack_failures")
            field("invalid", failures.invalid)
            field("drop", failures.drops)
            field("early_drop", failures.earlyDrops)
            field("insert_failed", failures.failedInserts)
            close("}")
        }
        field("capture_agreement", summary.capture)
        field("nflog_agreement", summary.log)
        appendReasons(summary)
        appendRules(summary)
        openKey("unlooked")
        append(word: "[")
        for part in facts.unlooked {
            append(word: "{")
            field("what", text: part.subject)
            field("reason", text: part.reason)
            if !part.cure.isEmpty { field("advice", text: part.cure) }
            close("}")
        }
        close("]")
        appendNotes(facts.notes)
        close("}")
        dropLast()
    }

    private mutating func appendSets(_ summary: ComparisonSummary) {
        openKey("seen_by")
        append(word: "[")
        for (lanes, count) in summary.sortedLaneSets {
            append(word: "{")
            openKey("lanes")
            append(word: "[")
            for lane in lanes {
                append(string: Array(lane.keyword.utf8))
                append(word: ",")
            }
            close("]")
            field("sessions", count)
            close("}")
        }
        close("]")
    }

    private mutating func append(_ lane: Lane, _ summary: ComparisonSummary, _ facts: ComparisonFacts) {
        openObject(lane.keyword)
        let total = summary.totals[lane] ?? Counters()
        field("packets", total.packetCount)
        field("bytes", total.byteCount)
        field("lost", facts.lostCounts[lane])
        field("malformed", facts.malformedCounts[lane])
        field("uncounted_losses", facts.uncountedCounts[lane])
        if let span = facts.spans[lane] {
            field("start", span.lowerBound)
            field("end", span.upperBound)
        }
        if let cost = facts.costs.first(where: { $0.lane == lane }) {
            field("cpu_ns", cost.processorTime)
            if let bytes = cost.bufferBytes { field("buffer_bytes", bytes) }
        }
        close("}")
    }

    /// Absent where nothing was counted.
    private mutating func field(_ key: String, _ agreement: Agreement) {
        guard agreement.packetCount > 0 else { return }
        openObject(key)
        field("packets", agreement.packetCount)
        field("agreed_packets", agreement.agreedPacketCount)
        field("bytes", agreement.byteCount)
        field("agreed_bytes", agreement.agreedByteCount)
        close("}")
    }

    private mutating func appendReasons(_ summary: ComparisonSummary) {
        openObject("reasons")
        for reason in DifferenceReason.allCases {
            guard let entry = summary.reasons[reason] else { continue }
            openObject(reason.rawValue)
            field("sessions", entry.sessionCount)
            field("packets", entry.counters.packetCount)
            field("bytes", entry.counters.byteCount)
            field("uncertain_packets", entry.uncertainCount)
            close("}")
        }
        close("}")
    }

    private mutating func appendRules(_ summary: ComparisonSummary) {
        openKey("rules")
        append(word: "[")
        for use in summary.ruleUses {
            append(word: "{")
            field("rule", text: use.watched.title)
            if let growth = use.watched.growth { field("counted", growth.packetCount) }
            field("accounts_for", use.packetCount)
            close("}")
        }
        close("]")
    }
}
