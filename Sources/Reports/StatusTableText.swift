import FlowModel

/// A monitor's sources as a table for people.
enum StatusTableText {
    private static let headings = ["SOURCE", "STATE", "SINCE", "AGAIN"]

    static func append(_ status: MonitorStatus, to text: inout [UInt8]) {
        let rows = [headings.map { Array($0.utf8) }] + status.sources.map(cells)
        let widths = headings.indices.map { column in rows.map { TerminalText.width(of: $0[column]) }.max() ?? 0 }
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column > 0 { text.appendSpaces(TableLayout.gap) }
                text.append(cell, in: widths[column], isNumber: column == 3)
            }
            text.endTableLine()
        }
        // A reason with its cure is a sentence, and longer than a line has room for beside the rest.
        for source in status.sources {
            guard case .down(_, let reason, let retryAt) = source.state else { continue }
            TerminalText.append(Array("\(source.name): \(reason)".utf8), to: &text)
            if let retryAt {
                text.append(contentsOf: " (next try at ".utf8)
                retryAt.append(to: &text, fractionDigits: 0)
                text.append(UInt8(ascii: ")"))
            }
            text.append(UInt8(ascii: "\n"))
        }
        text.append(UInt8(ascii: "\n"))
    }

    private static func cells(of source: SourceStatus) -> [[UInt8]] {
        var (name, since, restarts): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
        TerminalText.append(Array(source.name.utf8), to: &name)
        source.state.since?.append(to: &since, fractionDigits: 0)
        restarts.appendGrouped(source.restartCount)
        return [name, Array(source.state.keyword.utf8), since, restarts]
    }
}
