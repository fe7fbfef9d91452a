import FlowModel
import Reports

// What stands above the list: where it is from, what it comes to, the last minute, how complete it is.

extension ScreenState {
    /// Rows below which the head gives up its less important lines.
    private enum Height {
        static let withHistory = 14
        static let withQuestion = 11
        static let withTitle = 8
    }

    /// Lines that ``headLines(_:)`` makes.
    var headHeight: Int {
        let optional = [rows >= Height.withTitle, rows >= Height.withHistory, rows >= Height.withQuestion]
        return 1 + optional.count { $0 } + sureness.count
    }

    func headLines(_ capabilities: ScreenCapabilities) -> [ScreenLine] {
        var lines: [ScreenLine] = []
        if rows >= Height.withTitle { lines.append(titleLine) }
        lines.append(totalsLine)
        if rows >= Height.withHistory { lines.append(historyLine(capabilities)) }
        lines += sureness
        if rows >= Height.withQuestion { lines.append(questionLine) }
        return lines
    }

    /// How complete the answer is, or why there is none.
    private var sureness: [ScreenLine] {
        if let fault { return bounded(fault, .alarm) }
        if let silence {
            let seconds = DurationText.text(nanoseconds: silence / 1_000_000_000 * 1_000_000_000)
            return bounded("no answer for \(seconds): what is shown is from then", .alarm)
        }
        guard let summary = answer?.summary else { return [] }
        let notes = rows >= Height.withHistory ? summary.notes.prefix(2) : []
        return bounded(completeness(of: summary), summary.isComplete ? .good : .alarm)
            + notes.map { ScreenLine("note: \($0)", .warning) }
    }

    /// A sentence in few lines, so that the list keeps its room.
    private func bounded(_ sentence: String, _ style: TextStyle) -> [ScreenLine] {
        let lines = sentence.folded(to: columns)
        let limit = rows >= Height.withHistory ? 3 : 1
        guard lines.count > limit else { return lines.map { ScreenLine($0, style) } }
        let rest = lines[(limit - 1)...].joined(separator: " ")
        return (lines.prefix(limit - 1) + [rest]).map { ScreenLine($0, style) }
    }

    private var titleLine: ScreenLine {
        var line = ScreenLine("nfmon", .strong)
        if let time = answer?.summary.time {
            var text: [UInt8] = []
            time.append(to: &text, fractionDigits: 0)
            // Of 2026-01-05T10:11:12Z the time of day.
            line.append("  " + String(decoding: text.dropFirst(11), as: UTF8.self))
        }
        line.append("  every \(DurationText.text(nanoseconds: setup.interval))")
        line.append("  \(setup.origin)", .faint)
        if isPaused { line.append("  PAUSED", .warning) }
        if fault != nil || silence != nil { line.append("  OLD", .alarm) }
        return line
    }

    private var totalsLine: ScreenLine {
        guard let summary = answer?.summary else {
            return ScreenLine(fault == nil ? "waiting for the first answer" : "no answer yet")
        }
        var parts: [String] = []
        if let groups = summary.groupCount { parts.append(count(groups, "group")) }
        parts.append(count(summary.sessionCount, question.filter.isEmpty ? "session" : "matching session"))
        let mark = summary.isRateWhole ? "" : ">"
        if let rate = summary.byteRate { parts.append("\(mark)\(units.text(rate))/s") }
        if let rate = summary.packetRate { parts.append("\(mark)\(rate.grouped) packets/s") }
        if let entries = summary.tableEntries, let limit = summary.tableLimit, limit > 0 {
            parts.append("table \(entries.grouped) of \(limit.grouped) (\(share(entries, of: limit)))")
        }
        if let age = summary.countersAge { parts.append("figures up to \(age.durationText) old") }
        if summary.unjudgedCount > 0 { parts.append("\(summary.unjudgedCount.grouped) not judged") }
        var line = ScreenLine()
        for (index, part) in parts.enumerated() {
            if index > 0 { line.append("  ") }
            line.append(part, part.hasPrefix("table") && isNearlyFull(summary) ? .alarm : .strong)
        }
        return line
    }

    private func isNearlyFull(_ summary: AnswerSummary) -> Bool {
        guard let entries = summary.tableEntries, let limit = summary.tableLimit else { return false }
        return entries >= limit - limit / 10
    }

    /// `0.5%`, `12%`
    private func share(_ part: UInt64, of whole: UInt64) -> String {
        let tenths = Int(min(Double(part) * 1000 / Double(whole), 1e9))
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10)%" : "\(tenths / 10)%"
    }

    private func count(_ number: UInt64, _ noun: String) -> String {
        var text: [UInt8] = []
        text.appendCount(number, noun)
        return String(decoding: text, as: UTF8.self)
    }

    private func historyLine(_ capabilities: ScreenCapabilities) -> ScreenLine {
        var line = ScreenLine()
        let greatest = history.greatest
        let words = greatest.map { "  at most \(units.text($0))/s in the last minute" } ?? "no rate is known yet"
        let room = min(60, columns - words.count)
        if greatest != nil, room >= 10 {
            let steps = history.steps(room, interval: setup.interval)
            line.append(SparklineText.text(steps, hasUTF8: capabilities.hasUTF8), .accent)
        }
        line.append(words, .faint)
        return line
    }

    private func completeness(of summary: AnswerSummary) -> String {
        guard summary.isComplete == summary.completeness.isComplete else {
            return "INCOMPLETE: the monitor says so, in words that this nfmon does not know: are they of one version?"
        }
        var text: [UInt8] = []
        SummaryText.appendCompleteness(of: summary.completeness, since: summary.watchedSince, to: &text)
        return String(decoding: text, as: UTF8.self).trimmingNewline
    }

    /// What is asked, and what there is no room for.
    var questionLine: ScreenLine {
        var line = ScreenLine("sorted by \(sortKey)")
        if let by = question.by { line.append("  grouped by \(by)") }
        if let having = question.having { line.append("  having \(having)") }
        if !question.filter.isEmpty { line.append("  filter: \(question.filter)", .strong) }
        if top > 0 || hasRowsBelow {
            let last = min(top + listHeight, answer?.rows.count ?? 0)
            line.append("  rows \(top + 1)-\(last) of \(totalCount.grouped)")
        }
        if frozenID != nil { line.append("  * frozen\(frozen?.isGone == true ? " (x: it has ended)" : "")") }
        if !table.omitted.isEmpty {
            line.append("  no room for: \(table.omitted.joined(separator: ", "))", .faint)
        }
        return line
    }

    private var hasRowsBelow: Bool { UInt64(top + listHeight) < totalCount }
}

extension String {
    fileprivate var trimmingNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
