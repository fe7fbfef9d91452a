import FlowModel
import Query

// Groups of sessions in each format.

extension SessionReport {
    /// Writes an answer of groups.
    func append(_ groups: GroupRanking, of answer: SessionAnswer, into buffer: inout [UInt8]) {
        switch format {
        case .table:
            GroupTableText(groups: groups, names: answer.names, now: answer.now, width: width).append(to: &buffer)
            appendFoldedSummary(of: answer, into: &buffer)
        case .compact:
            for group in groups {
                buffer.appendCompact(group, by: groups.grouping, names: answer.names)
                buffer.append(UInt8(ascii: "\n"))
            }
        case .json: appendObject(groups, of: answer, into: &buffer)
        case .ndjson:
            var page = JSONPage()
            for group in groups {
                append(group, groups.grouping, of: answer, &page, into: &buffer)
                buffer.append(UInt8(ascii: "\n"))
            }
        case .csv:
            buffer.appendRows(CSVText.columns(of: groups.grouping)) { csv in
                for group in groups { csv.appendRow(group, at: answer.now, names: answer.names) }
            }
        }
    }

    private func appendObject(_ groups: GroupRanking, of answer: SessionAnswer, into buffer: inout [UInt8]) {
        var page = JSONPage()
        buffer.append(contentsOf: #"{"groups":["#.utf8)
        for (index, group) in groups.enumerated() {
            buffer.append(contentsOf: (index == 0 ? "\n" : ",\n").utf8)
            append(group, groups.grouping, of: answer, &page, into: &buffer)
        }
        appendSummaryObject(of: answer, &page, into: &buffer)
    }

    private func append(
        _ group: SessionGroup, _ grouping: Grouping, of answer: SessionAnswer, _ page: inout JSONPage,
        into buffer: inout [UInt8]
    ) {
        var text = page.text(answer.names)
        text.append(group, by: grouping, at: answer.now, names: answer.names)
        page.flush(text.end, into: &buffer)
    }
}
