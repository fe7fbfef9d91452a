import FlowModel
import Query

/// Writes a list of sessions as text into a buffer that the caller owns.
public struct SessionReport: AnswerReport {
    /// Columns that the narrowest table takes up: below, not even the addresses' beginnings could be shown.
    public static let leastWidth = TableLayout.minimumWidth

    public let format: SessionFormat
    /// Columns that a line of the table may take up; `nil` is as many as it needs.
    public let width: Int?

    public init(format: SessionFormat, width: Int? = nil) {
        self.format = format
        self.width = width
    }

    /// Writes an answer.
    ///
    /// - Complexity: O(sessions in the answer).
    public func append(_ answer: SessionAnswer, into buffer: inout [UInt8]) {
        if let groups = answer.groups { return append(groups, of: answer, into: &buffer) }
        switch format {
        case .table:
            SessionTableText(answer: answer, width: width).append(to: &buffer)
            appendFoldedSummary(of: answer, into: &buffer)
        case .compact: appendCompact(answer, into: &buffer)
        case .json: appendObject(answer, into: &buffer)
        case .ndjson: appendLines(answer, into: &buffer)
        case .csv: appendCSV(answer, into: &buffer)
        }
    }

    /// Writes the totals and how complete the answer is.
    public func appendSummary(of answer: SessionAnswer, into buffer: inout [UInt8]) {
        SummaryText.append(answer, to: &buffer)
    }

    /// Writes the same in lines that fit the width.
    func appendFoldedSummary(of answer: SessionAnswer, into buffer: inout [UInt8]) {
        let start = buffer.count
        appendSummary(of: answer, into: &buffer)
        buffer.foldLines(from: start, to: width)
    }

    private func appendCompact(_ answer: SessionAnswer, into buffer: inout [UInt8]) {
        for session in answer.sessions {
            buffer.appendCompact(session, duration: session.duration(to: answer.now), names: answer.names)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    private func appendLines(_ answer: SessionAnswer, into buffer: inout [UInt8]) {
        var page = JSONPage()
        for session in answer.sessions {
            var text = page.text(answer.names)
            text.append(session, at: answer.now, answer.monotonicNow, names: answer.names)
            text.append(UInt8(ascii: "\n"))
            page.flush(text.end, into: &buffer)
        }
    }

    private func appendObject(_ answer: SessionAnswer, into buffer: inout [UInt8]) {
        var page = JSONPage()
        buffer.append(contentsOf: #"{"sessions":["#.utf8)
        for (index, session) in answer.sessions.enumerated() {
            buffer.append(contentsOf: (index == 0 ? "\n" : ",\n").utf8)
            var text = page.text(answer.names)
            text.append(session, at: answer.now, answer.monotonicNow, names: answer.names)
            page.flush(text.end, into: &buffer)
        }
        appendSummaryObject(of: answer, &page, into: &buffer)
    }

    /// Ends an array, and with the summary the object that it is in.
    func appendSummaryObject(of answer: SessionAnswer, _ page: inout JSONPage, into buffer: inout [UInt8]) {
        buffer.append(contentsOf: "\n],\n\"summary\":".utf8)
        var text = page.text(answer.names, upTo: JSONText.longestSummary(of: answer))
        text.appendSummary(of: answer)
        page.flush(text.end, into: &buffer)
        buffer.append(contentsOf: "}\n".utf8)
    }

    private func appendCSV(_ answer: SessionAnswer, into buffer: inout [UInt8]) {
        buffer.appendRows(CSVText.listColumns) { csv in
            for session in answer.sessions {
                csv.appendRow(session, at: answer.now, answer.monotonicNow, names: answer.names)
            }
        }
    }
}
