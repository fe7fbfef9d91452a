import FlowModel
import Query

/// Writes a list of sessions as text into a buffer that the caller owns.
public struct SessionReport: Sendable {
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
        switch format {
        case .table:
            SessionTableText(answer: answer, width: width).append(to: &buffer)
            appendSummary(of: answer, into: &buffer)
        case .compact: appendCompact(answer, into: &buffer)
        case .json, .ndjson: appendJSON(answer, into: &buffer)
        case .csv: appendCSV(answer, into: &buffer)
        }
    }

    /// Writes the totals and how complete the answer is, as lines for people: what the table ends with, and what goes to
    /// stderr beside a format that has no place for it.
    public func appendSummary(of answer: SessionAnswer, into buffer: inout [UInt8]) {
        SummaryText.append(answer, to: &buffer)
    }

    private func appendCompact(_ answer: SessionAnswer, into buffer: inout [UInt8]) {
        for session in answer.sessions {
            buffer.appendCompact(session, duration: session.duration(to: answer.now), names: answer.names)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    private func appendJSON(_ answer: SessionAnswer, into buffer: inout [UInt8]) {
        var json = JSONText()
        swap(&json.bytes, &buffer)
        if format == .json {
            json.openObject()
            json.openArray("sessions")
        }
        for session in answer.sessions {
            json.append(session, at: answer.now, names: answer.names)
            if format == .ndjson { json.bytes.append(UInt8(ascii: "\n")) }
        }
        if format == .json {
            json.closeArray()
            json.appendSummary(of: answer)
            json.closeObject()
            json.bytes.append(UInt8(ascii: "\n"))
        }
        swap(&json.bytes, &buffer)
    }

    private func appendCSV(_ answer: SessionAnswer, into buffer: inout [UInt8]) {
        var csv = CSVText()
        swap(&csv.bytes, &buffer)
        csv.header(CSVText.listColumns)
        for session in answer.sessions {
            csv.appendRow(session, at: answer.now, names: answer.names)
        }
        swap(&csv.bytes, &buffer)
    }
}
