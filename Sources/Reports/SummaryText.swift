public import FlowModel
import Query

/// Totals and completeness as lines for people: what stands under every table.
public enum SummaryText {
    static func append(_ answer: SessionAnswer, to text: inout [UInt8]) {
        appendTotals(of: answer, to: &text)
        appendDoubts(about: answer.totals, to: &text)
        appendAge(of: answer, to: &text)
        if answer.unjudgedCount > 0 {
            text.appendCount(UInt64(answer.unjudgedCount), "session")
            text.append(contentsOf: " not judged: what the filter asks of them is not known\n".utf8)
        }
        if let groups = answer.groups, groups.unjudgedCount > 0 {
            text.appendCount(UInt64(groups.unjudgedCount), "group")
            text.append(contentsOf: " not judged: what --having asks of them is not known\n".utf8)
        }
        appendStrays(of: answer.summary, to: &text)
        appendFrames(answer.summary.frames, to: &text)
        appendCompleteness(of: answer.summary, since: answer.watchedSince, to: &text)
        for note in answer.notes {
            text.append(contentsOf: "note: ".utf8)
            TerminalText.append(Array(note.utf8), to: &text)
            text.append(UInt8(ascii: "\n"))
        }
    }

    /// `20 of 1,234 sessions, 12.3GiB in 9,876,543 packets, since 2026-01-05T09:00:01Z (1h11m)`, or of groups
    /// `5 of 12 groups of 1,234 sessions, …`
    private static func appendTotals(of answer: SessionAnswer, to text: inout [UInt8]) {
        let totals = answer.totals
        text.appendGrouped(UInt64(answer.groups?.count ?? answer.sessions.count))
        text.append(contentsOf: " of ".utf8)
        if let groups = answer.groups {
            text.appendCount(UInt64(groups.groupCount), answer.having == nil ? "group" : "matching group")
            text.append(contentsOf: " of ".utf8)
        }
        text.appendCount(UInt64(totals.sessionCount), answer.filter == nil ? "session" : "matching session")
        if totals.hasCounters {
            text.append(contentsOf: (totals.isExact ? ", " : ", at least ").utf8)
            text.appendByteCount(totals.counters.byteCount)
            text.append(contentsOf: " in ".utf8)
            text.appendCount(totals.counters.packetCount, "packet")
        }
        if let start = totals.earliestStart {
            text.append(contentsOf: ", since ".utf8)
            start.append(to: &text, fractionDigits: 0)
            if let span = UInt64(exactly: answer.now.nanoseconds(since: start)) {
                text.append(contentsOf: " (".utf8)
                text.appendDuration(nanoseconds: span)
                text.append(UInt8(ascii: ")"))
            }
        }
        text.append(UInt8(ascii: "\n"))
    }

    /// Which of the totals are not what they seem.
    private static func appendDoubts(about totals: SelectionTotals, to text: inout [UInt8]) {
        if totals.unknownCount > 0 {
            text.appendCount(UInt64(totals.unknownCount), "session")
            text.append(contentsOf: " without counters (-)\n".utf8)
        }
        if totals.inexactCount > 0 {
            text.appendCount(UInt64(totals.inexactCount), "session")
            text.append(contentsOf: " with lower bounds only (>)\n".utf8)
        }
    }

    /// Nanoseconds up to which figures count as those of now.
    private static var momentLength: UInt64 { 500_000_000 }

    /// How old the figures of the sessions that go on are: no event tells them.
    private static func appendAge(of answer: SessionAnswer, to text: inout [UInt8]) {
        guard let age = answer.countersAge, age >= Self.momentLength else { return }
        text.append(contentsOf: "totals of running sessions are up to ".utf8)
        text.appendDuration(nanoseconds: age)
        text.append(contentsOf: " old\n".utf8)
    }

    /// Packets that are in no session's figures although nothing was lost.
    private static func appendStrays(of summary: TableSummary, to text: inout [UInt8]) {
        guard summary.strayErrorCount > 0 else { return }
        text.appendCount(summary.strayErrorCount, "ICMP error")
        text.append(contentsOf: " about sessions that are not known, counted nowhere else\n".utf8)
    }

    /// `1,234 frames read, 5 of them no IP`; nothing where no capture was read.
    private static func appendFrames(_ frames: FrameFigures, to text: inout [UInt8]) {
        guard frames.frameCount > 0 else { return }
        text.appendCount(frames.frameCount, "frame")
        text.append(contentsOf: " read".utf8)
        if frames.otherCount > 0 {
            text.append(contentsOf: ", ".utf8)
            text.appendGrouped(frames.otherCount)
            text.append(contentsOf: " of them no IP".utf8)
        }
        text.append(UInt8(ascii: "\n"))
    }

    /// `complete: nothing is known to be lost since …`, or `INCOMPLETE since …` and what was; with a newline.
    ///
    /// - Parameter since: when the watching began, `nil` for a single look.
    public static func appendCompleteness(of summary: TableSummary, since: Timestamp?, to text: inout [UInt8]) {
        let isComplete = summary.isComplete
        text.append(contentsOf: (isComplete ? "complete: nothing is known to be lost" : "INCOMPLETE").utf8)
        if let since {
            text.append(contentsOf: " since ".utf8)
            since.append(to: &text, fractionDigits: 0)
        }
        if !isComplete {
            text.append(contentsOf: ": ".utf8)
            appendGaps(of: summary, to: &text)
        }
        text.append(UInt8(ascii: "\n"))
    }

    private static func appendGaps(of summary: TableSummary, to text: inout [UInt8]) {
        var isFirst = true
        func append(_ count: UInt64, _ noun: String, _ before: String = "", after: String) {
            guard count > 0 else { return }
            if !isFirst { text.append(contentsOf: ", ".utf8) }
            isFirst = false
            text.append(contentsOf: before.utf8)
            text.appendCount(count, noun)
            text.append(contentsOf: after.utf8)
        }
        if !summary.downSources.isEmpty {
            isFirst = false
            text.append(contentsOf: "not read now: ".utf8)
            TerminalText.append(Array(summary.downSources.joined(separator: ", ").utf8), to: &text)
        }
        append(summary.lostCounts[.conntrack], "message", "conntrack lost ", after: " (overrun)")
        if summary.lostCounts.conntrack > 0 { appendSpan(summary.lossSpans[.conntrack], to: &text) }
        if summary.sufficientBuffer > 0 {
            // Rounded up to whole MiB, as the option takes them.
            let size = (summary.sufficientBuffer >> 20) + 1
            text.append(contentsOf: ": --conntrack-buffer \(size)M would have held them".utf8)
            if summary.grownBuffer > 0 {
                text.append(contentsOf: " (it has grown to \(summary.grownBuffer >> 20)M)".utf8)
            }
        }
        append(summary.lostCounts[.nflog], "packet", "nflog lost ", after: " (overrun)")
        if summary.lostCounts.nflog > 0 { appendSpan(summary.lossSpans[.nflog], to: &text) }
        append(summary.lostCounts[.packet], "packet", "the capture lost ", after: " (overrun)")
        if summary.lostCounts.packet > 0 { appendSpan(summary.lossSpans[.packet], to: &text) }
        append(summary.uncountedLosses, "time", "an unknown number was lost ", after: "")
        for lane in Lane.allCases {
            append(
                summary.malformedCounts[lane], lane == .packet ? "packet" : "message",
                after: lane == .packet ? " of the capture malformed" : " of \(lane.keyword) malformed")
        }
        let faults = summary.faultCounts.sorted { $0.key.rawValue < $1.key.rawValue }
        if !faults.isEmpty {
            let isCut = summary.malformedCounts.packet > 0 && summary.faultCounts[.packetCut] != nil
            let cure = isCut ? ": packets were cut within their headers, a longer --snaplen has them whole" : ""
            let kinds = faults.map { "\($0.key.keyword) \($0.value)" }.joined(separator: ", ")
            text.append(contentsOf: " (\(kinds)\(cure))".utf8)
        }
        append(summary.unwrittenEvents, "event", after: " not written: the reader was too slow")
        append(summary.unwrittenPackets, "packet", after: " not written")
        append(summary.unwrittenRecords, "record", after: " not written")
        append(summary.evictedCount, "session", after: " known from packets only evicted")
        append(summary.refusedCount, "message", after: " about sessions that found no place: the table was full")
        append(summary.ambiguousPackets, "packet", after: " that several sessions may own not counted")
        if summary.recordingEndedEarly {
            text.append(contentsOf: (isFirst ? "" : ", ").utf8)
            isFirst = false
            text.append(contentsOf: "the recording ended early".utf8)
        }
        if summary.recordingIsDamaged {
            text.append(contentsOf: (isFirst ? "" : ", ").utf8)
            isFirst = false
            text.append(contentsOf: "the recording is cut or damaged".utf8)
        }
        if summary.wasShed {
            text.append(contentsOf: (isFirst ? "" : ", ").utf8)
            isFirst = false
            text.append(contentsOf: "conntrack's events were given up in part".utf8)
            if !summary.subscription.isSuperset(of: .events) {
                let taken = summary.subscription.keywords.joined(separator: " and ")
                text.append(contentsOf: " (still read: \(taken.isEmpty ? "none" : taken))".utf8)
            }
        }
        if summary.eventsWereOff {
            text.append(contentsOf: (isFirst ? "" : ", ").utf8)
            isFirst = false
            text.append(contentsOf: "conntrack events were off".utf8)
            appendSpan(summary.eventsOffSpan, to: &text)
        }
        if summary.lastDumpWasComplete == false {
            text.append(contentsOf: (isFirst ? "" : ", ").utf8)
            text.append(contentsOf: "the last dump was not complete".utf8)
        }
    }

    /// When losses were, to the second: ` at 2026-01-05T10:11:12Z`, or from the first to the last.
    private static func appendSpan(_ span: LossSpan?, to text: inout [UInt8]) {
        guard let span else { return }
        let isMoment = span.to.nanoseconds(since: span.from) < 1_000_000_000
        text.append(contentsOf: (isMoment ? " at " : " from ").utf8)
        span.from.append(to: &text, fractionDigits: 0)
        guard !isMoment else { return }
        text.append(contentsOf: " to ".utf8)
        span.to.append(to: &text, fractionDigits: 0)
    }
}
