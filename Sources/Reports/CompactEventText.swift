import FlowModel
import Query

/// Writes the event stream for people, one line an event, times in UTC.
///
/// A line has only the time of day; a line with the date goes before the first event of each day.
struct CompactEventText: Sendable {
    private var day: Int64?

    mutating func append(_ event: borrowing SessionEvent, names: NameBook, to text: inout [UInt8]) {
        appendDay(of: event.time, to: &text)
        text.appendTimeOfDay(event.time, fractionDigits: 6)
        text.append(UInt8(ascii: " "))
        let start = text.count
        text.append(contentsOf: event.kind.action.compactKeyword.utf8)
        text.pad(from: start, to: 6)
        text.append(UInt8(ascii: " "))
        switch event.kind {
        case .start:
            text.appendCompact(event.session, duration: nil, names: names)
            if event.session.record.facts.contains(.predatesListener) {
                text.append(contentsOf: " (older than nfmon)".utf8)
            }
        case .update, .denied:
            text.appendCompact(event.session, duration: nil, names: names)
        case .end(let end):
            text.appendCompact(event.session, duration: event.session.duration(to: end.time), names: names)
            if end.cause != .event {
                text.append(contentsOf: " (".utf8)
                text.append(contentsOf: end.cause.keyword.utf8)
                text.append(UInt8(ascii: ")"))
            }
        case .loss(let loss): append(loss, to: &text)
        case .resyncBegan(let cause):
            text.append(contentsOf: cause.explanation.utf8)
            text.append(contentsOf: ": begins".utf8)
        case .resync(let report): append(report, to: &text)
        case .shed(let subscription): append(subscription, to: &text)
        }
        text.append(UInt8(ascii: "\n"))
    }

    private mutating func appendDay(of time: Timestamp, to text: inout [UInt8]) {
        let today = time.nanoseconds / 86_400_000_000_000
        guard today != day else { return }
        day = today
        text.append(contentsOf: "--- ".utf8)
        let start = text.count
        time.append(to: &text, fractionDigits: 0)
        text.removeSubrange((start + 10)...)
        text.append(contentsOf: " UTC ---\n".utf8)
    }

    private func append(_ loss: LossReport, to text: inout [UInt8]) {
        text.append(contentsOf: loss.source.utf8)
        text.append(contentsOf: " lost ".utf8)
        if let count = loss.count {
            text.appendCount(count, loss.noun)
        } else {
            text.append(contentsOf: "an unknown number of \(loss.noun)s".utf8)
        }
        text.append(contentsOf: " (".utf8)
        text.append(contentsOf: loss.cause.explanation.utf8)
        text.append(UInt8(ascii: ")"))
        if loss.from != loss.to {
            text.append(contentsOf: " since ".utf8)
            text.appendTimeOfDay(loss.from, fractionDigits: 6)
        }
    }

    private func append(_ subscription: Subscription, to text: inout [UInt8]) {
        text.append(contentsOf: "conntrack is asked for \(subscription.keywords.joined(separator: ", "))".utf8)
        let isAll = subscription.isSuperset(of: .events)
        text.append(contentsOf: (isAll ? " again: the overrun is over" : " only: the overrun lasts").utf8)
    }

    private func append(_ report: ResyncReport, to text: inout [UInt8]) {
        text.append(contentsOf: report.cause.explanation.utf8)
        text.append(contentsOf: ": ".utf8)
        text.appendCount(report.rowCount, "row")
        text.append(contentsOf: ", ".utf8)
        text.appendGrouped(report.foundCount)
        text.append(contentsOf: " found, ".utf8)
        text.appendGrouped(report.endedCount)
        text.append(contentsOf: " ended, ".utf8)
        text.appendGrouped(report.correctedCount)
        text.append(contentsOf: " corrected, ".utf8)
        text.appendDuration(nanoseconds: report.duration)
        if !report.isComplete { text.append(contentsOf: " INCOMPLETE".utf8) }
    }
}

extension EventAction {
    /// Capitals where somebody should look up.
    fileprivate var compactKeyword: String {
        switch self {
        case .sessionStart: "start"
        case .sessionUpdate: "update"
        case .sessionEnd: "end"
        case .sessionDenied: "DENIED"
        case .loss: "LOSS"
        case .resync: "RESYNC"
        case .shed: "SHED"
        }
    }
}

extension LossReport {
    /// What was lost.
    fileprivate var noun: String {
        switch (cause, lane) {
        case (.output, _): "event"
        case (.malformed, .packet), (.overrun, .nflog), (.down, .nflog), (_, .packet): "packet"
        case (.malformed, _), (_, .conntrack): "message"
        }
    }
}

extension Loss.Cause {
    fileprivate var explanation: String {
        switch self {
        case .overrun: "receive buffer overrun"
        case .malformed: "malformed"
        case .output: "the reader was too slow"
        case .down: "the source was down"
        }
    }
}

extension DumpStart.Cause {
    fileprivate var explanation: String {
        switch self {
        case .initial: "at the start"
        case .overrun: "after an overrun"
        case .periodic: "periodic"
        case .restart: "after a restart of the source"
        }
    }
}
