import FlowModel

/// What a monitor says of itself beside its sources, as lines for people.
enum StatusText {
    static func append(_ status: MonitorStatus, to text: inout [UInt8]) {
        appendSelf(status, to: &text)
        appendSessions(status, to: &text)
        appendEvents(status.stream, to: &text)
        appendTotals(status.totals, at: status.now, to: &text)
        SummaryText.appendCompleteness(of: status.summary, since: status.startedAt, to: &text)
        for note in status.notes {
            text.append(contentsOf: "note: ".utf8)
            TerminalText.append(Array(note.utf8), to: &text)
            text.append(UInt8(ascii: "\n"))
        }
    }

    /// `nfmon 0.1.0, process 812, for 1h11m, 12.345s of processor time (0.3%), 48.1MiB of memory`
    private static func appendSelf(_ status: MonitorStatus, to text: inout [UInt8]) {
        text.append(contentsOf: "nfmon \(status.version), process \(status.processID)".utf8)
        let age = status.now.nanoseconds(since: status.startedAt)
        if let age = UInt64(exactly: age) {
            text.append(contentsOf: ", for ".utf8)
            text.appendDuration(nanoseconds: age)
        }
        text.append(contentsOf: ", ".utf8)
        text.appendDuration(nanoseconds: status.cost.processorTime)
        text.append(contentsOf: " of processor time".utf8)
        if age > 0 {
            let permille = status.cost.processorTime.multipliedReportingOverflow(by: 1000).partialValue / UInt64(age)
            text.append(contentsOf: " (\(permille / 10).\(permille % 10)%)".utf8)
        }
        text.append(contentsOf: ", ".utf8)
        text.appendByteCount(status.cost.residentBytes)
        text.append(contentsOf: " of memory\n".utf8)
    }

    /// `12,345 sessions of at most 4,194,304, 345 of them known from packets only; 12 dumps, 11 of them complete`
    private static func appendSessions(_ status: MonitorStatus, to text: inout [UInt8]) {
        let summary = status.summary
        text.appendCount(UInt64(summary.sessionCount), "session")
        text.append(contentsOf: " of at most ".utf8)
        text.appendGrouped(UInt64(status.tableLimit))
        if summary.packetSessionCount > 0 {
            text.append(contentsOf: ", ".utf8)
            text.appendGrouped(UInt64(summary.packetSessionCount))
            text.append(contentsOf: " of them known from packets only".utf8)
        }
        text.append(contentsOf: "; ".utf8)
        text.appendCount(summary.dumpCount, "dump")
        if summary.completeDumpCount < summary.dumpCount {
            text.append(contentsOf: ", ".utf8)
            text.appendGrouped(summary.completeDumpCount)
            text.append(contentsOf: " of them complete".utf8)
        }
        text.append(UInt8(ascii: "\n"))
    }

    /// `1,234 events told, 12.5 a second now; 500 kept (1.2MiB of 64.0MiB); 3 readers, who lost 7 events`
    private static func appendEvents(_ stream: StreamStatus, to text: inout [UInt8]) {
        text.appendCount(stream.nextSequence, "event")
        text.append(contentsOf: " told".utf8)
        if let rate = stream.eventsPerSecond {
            let tenths = UInt64(rate * 10 + 0.5)
            text.append(contentsOf: ", ".utf8)
            text.appendGrouped(tenths / 10)
            text.append(contentsOf: ".\(tenths % 10) a second now".utf8)
        }
        text.append(contentsOf: "; ".utf8)
        text.appendGrouped(stream.nextSequence - min(stream.oldestSequence, stream.nextSequence))
        text.append(contentsOf: " kept (".utf8)
        text.appendByteCount(UInt64(stream.byteCount))
        text.append(contentsOf: " of ".utf8)
        text.appendByteCount(UInt64(stream.byteLimit))
        text.append(contentsOf: "); ".utf8)
        text.appendCount(UInt64(stream.readerCount), "reader")
        if stream.lostByReaders > 0 {
            text.append(contentsOf: "; readers lost ".utf8)
            text.appendCount(stream.lostByReaders, "event")
        }
        text.append(UInt8(ascii: "\n"))
    }

    /// `totals are 1.234s old, and read every 2.000s in 84ms`; nothing before they were read.
    private static func appendTotals(_ totals: TotalsStatus, at now: Timestamp, to text: inout [UInt8]) {
        guard let last = totals.lastDumpAt, let age = UInt64(exactly: now.nanoseconds(since: last)) else { return }
        text.append(contentsOf: "totals are ".utf8)
        text.appendDuration(nanoseconds: age)
        text.append(contentsOf: " old".utf8)
        if totals.interval > 0 {
            text.append(contentsOf: ", and read every ".utf8)
            text.appendDuration(nanoseconds: totals.interval)
            text.append(contentsOf: " in ".utf8)
            text.appendDuration(nanoseconds: totals.dumpDuration)
        }
        text.append(UInt8(ascii: "\n"))
    }
}
