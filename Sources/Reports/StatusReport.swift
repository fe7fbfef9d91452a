public import FlowModel

/// Writes what a monitor says of itself.
public struct StatusReport: AnswerReport {
    public let format: SessionFormat

    public init(format: SessionFormat) { self.format = format }

    public func append(_ status: MonitorStatus, into buffer: inout [UInt8]) {
        switch format {
        case .table:
            StatusTableText.append(status, to: &buffer)
            appendSummary(of: status, into: &buffer)
        case .compact: for source in status.sources { buffer.appendLine(source) }
        case .json: buffer.appendObject(status)
        case .ndjson: buffer.appendLines(status)
        case .csv: appendRows(status, into: &buffer)
        }
    }

    public func appendSummary(of status: MonitorStatus, into buffer: inout [UInt8]) {
        StatusText.append(status, to: &buffer)
    }

    /// The columns of ``SessionFormat/csv``.
    static let columns = ["source", "state", "since", "restarts", "reason", "retry"]

    private func appendRows(_ status: MonitorStatus, into buffer: inout [UInt8]) {
        buffer.appendRows(Self.columns) { csv in
            for source in status.sources {
                csv.text(Array(source.name.utf8))
                csv.word(source.state.keyword)
                csv.time(source.state.since)
                csv.number(source.restartCount)
                if let reason = source.state.reason { csv.text(Array(reason.utf8)) } else { csv.skip() }
                csv.time(source.state.retryAt)
                csv.endRow()
            }
        }
    }
}

extension SourceStatus.State {
    /// Since when it is so.
    var since: Timestamp? {
        switch self {
        case .up(let since), .down(let since, _, _): since
        case .off: nil
        }
    }

    var reason: String? { if case .down(_, let reason, _) = self { reason } else { nil } }

    var retryAt: Timestamp? { if case .down(_, _, let retryAt) = self { retryAt } else { nil } }
}

extension [UInt8] {
    /// Appends a source as a line for people: `NFLOG group 100: down since 2026-01-05T10:00:01Z: already taken by …`
    fileprivate mutating func appendLine(_ source: SourceStatus) {
        TerminalText.append(Array(source.name.utf8), to: &self)
        append(contentsOf: ": \(source.state.keyword)".utf8)
        if let since = source.state.since {
            append(contentsOf: " since ".utf8)
            since.append(to: &self, fractionDigits: 0)
        }
        if source.restartCount > 0 {
            append(contentsOf: ", opened again ".utf8)
            appendCount(source.restartCount, "time")
        }
        if let reason = source.state.reason {
            append(contentsOf: ": ".utf8)
            TerminalText.append(Array(reason.utf8), to: &self)
        }
        append(UInt8(ascii: "\n"))
    }
}
