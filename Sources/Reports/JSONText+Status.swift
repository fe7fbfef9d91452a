import FlowModel

// Written once an answer: clarity goes before speed here.

extension [UInt8] {
    /// Appends one object: the monitor, with its `sources`.
    mutating func appendObject(_ status: MonitorStatus) {
        appendStatus(status) { text in
            text.append(word: "{")
            text.field("schema", 1)
            text.openKey("sources")
            text.append(word: "[")
            for source in status.sources {
                text.append(word: "{")
                text.append(source)
            }
            text.close("]")
            text.append(status)
        }
    }

    /// Appends one object a line: each source, then the monitor itself, each with its `kind`.
    mutating func appendLines(_ status: MonitorStatus) {
        for source in status.sources {
            appendStatus(status) { text in
                text.append(word: "{\"kind\":\"source\",")
                text.append(source)
            }
        }
        appendStatus(status) { text in
            text.append(word: "{\"kind\":\"monitor\",")
            text.append(status)
        }
    }

    /// Appends a line with what `body` writes: an object with a comma behind it.
    private mutating func appendStatus(_ status: MonitorStatus, _ body: (inout JSONText) -> Void) {
        let texts =
            status.notes + status.summary.downSources + [status.version, status.stream.epoch]
            + status.sources.flatMap { [$0.name, $0.state.reason ?? ""] }
        let size = texts.reduce(8192 + 256 * status.sources.count) {
            $0 + JSONText.longestString(ofLength: $1.utf8.count) + 1
        }
        var page = JSONPage()
        var text = page.text(NameBook(names: NameTable().snapshot, interfaces: InterfaceNames()), upTo: size)
        body(&text)
        text.dropLast()
        text.append(UInt8(ascii: "\n"))
        page.flush(text.end, into: &self)
    }
}

extension JSONText {
    /// Appends a source's members, and closes the object.
    fileprivate mutating func append(_ source: SourceStatus) {
        field("name", text: source.name)
        field("state", text: source.state.keyword)
        if let since = source.state.since { field("since", since) }
        if let reason = source.state.reason { field("reason", text: reason) }
        if let retryAt = source.state.retryAt { field("retry", retryAt) }
        field("restarts", source.restartCount)
        close("}")
    }

    /// Appends the monitor's own members, and closes the object.
    fileprivate mutating func append(_ status: MonitorStatus) {
        field("version", text: status.version)
        field("process", UInt64(clamping: status.processID))
        field("start", status.startedAt)
        field("time", status.now)
        openObject("table")
        field("sessions", UInt64(status.summary.sessionCount))
        field("packets_only", UInt64(status.summary.packetSessionCount))
        field("limit", UInt64(status.tableLimit))
        field("dumps", status.summary.dumpCount)
        field("complete_dumps", status.summary.completeDumpCount)
        close("}")
        append(status.stream)
        append(status.totals)
        openObject("cost")
        field("processor_time", status.cost.processorTime)
        field("memory", status.cost.residentBytes)
        close("}")
        append(status.summary, watchedSince: nil)
        appendNotes(status.notes)
        close("}")
    }

    private mutating func append(_ stream: StreamStatus) {
        openObject("events")
        field("epoch", text: stream.epoch)
        field("next", stream.nextSequence)
        field("oldest", stream.oldestSequence)
        if let rate = stream.eventsPerSecond { field("rate", UInt64(rate.rounded())) }
        field("bytes", UInt64(stream.byteCount))
        field("limit", UInt64(stream.byteLimit))
        field("readers", UInt64(stream.readerCount))
        field("lost_by_readers", stream.lostByReaders)
        close("}")
    }

    private mutating func append(_ totals: TotalsStatus) {
        openObject("totals")
        if let last = totals.lastDumpAt { field("last", last) }
        field("interval", totals.interval)
        field("duration", totals.dumpDuration)
        field("processor_time", totals.dumpProcessorTime)
        close("}")
    }
}
