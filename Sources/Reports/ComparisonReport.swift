public import Comparison
import FlowModel

/// Writes what a comparison of the lanes came to.
public struct ComparisonReport: AnswerReport {
    public let format: SessionFormat
    /// Sessions that are written at most, the summary counting all; `nil` for every one.
    public var limit: Int?
    /// Columns of the terminal, `nil` where there is none.
    public var width: Int?

    public init(format: SessionFormat, limit: Int? = nil, width: Int? = nil) {
        self.format = format
        self.limit = limit
        self.width = width
    }

    public func append(_ result: ComparisonOutcome, into buffer: inout [UInt8]) {
        let page = ComparisonPage(result.sessions, limit: limit)
        let sessions = page.sessions[...]
        switch format {
        case .table:
            ComparisonTableText(sessions: sessions, result: result).append(to: &buffer)
            page.appendRest(to: &buffer)
            appendSummary(of: result, into: &buffer)
        case .compact: for session in sessions { buffer.appendComparedLine(session, result) }
        case .json: buffer.appendObject(sessions, result)
        case .ndjson: buffer.appendLines(sessions, result)
        case .csv: buffer.appendDifferences(sessions, result)
        }
    }

    /// Writes the lanes' totals, how far they agree, why not, and what each cost.
    public func appendSummary(of result: ComparisonOutcome, into buffer: inout [UInt8]) {
        let start = buffer.count
        ComparisonSummaryText(result: result).append(to: &buffer)
        if format == .table { buffer.foldLines(from: start, to: width) }
    }
}

extension Lane {
    /// What the comparison calls it for people.
    var title: String { self == .packet ? "capture" : keyword }
}
