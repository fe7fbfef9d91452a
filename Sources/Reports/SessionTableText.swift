import FlowModel
import Query

/// Writes sessions as a table: first a pass that measures, then one that writes, so that no cell is kept.
struct SessionTableText {
    let answer: SessionAnswer
    let width: Int?

    func append(to text: inout [UInt8]) {
        var cell: [UInt8] = []
        let layout = TableLayout(widths: measure(&cell), destinationWidth: measureDestinations(&cell), limit: width)
        for column in layout.columns {
            cell.removeAll(keepingCapacity: true)
            cell.append(contentsOf: column.heading.utf8)
            append(cell, in: column, layout, to: &text)
        }
        endLine(&text)
        for session in answer.sessions {
            for column in layout.columns {
                cell.removeAll(keepingCapacity: true)
                column.appendCell(session, answer, to: &cell)
                if cell.isEmpty { cell.append(UInt8(ascii: "-")) }
                append(cell, in: column, layout, to: &text)
            }
            endLine(&text)
        }
        appendRemark("left out for want of room: ", layout.omitted, to: &text)
        appendRemark("cut for want of room (~): ", layout.cut, to: &text)
    }

    private func measure(_ cell: inout [UInt8]) -> [Int] {
        var widths = [Int](repeating: 0, count: TableColumn.allCases.count)
        for session in answer.sessions {
            for column in TableColumn.allCases {
                cell.removeAll(keepingCapacity: true)
                column.appendCell(session, answer, to: &cell)
                widths[column.rawValue] = max(widths[column.rawValue], TerminalText.width(of: cell))
            }
        }
        return widths
    }

    private func measureDestinations(_ cell: inout [UInt8]) -> Int {
        var width = 0
        for session in answer.sessions {
            cell.removeAll(keepingCapacity: true)
            session.record.destination.append(to: &cell)
            width = max(width, TerminalText.width(of: cell))
        }
        cell.removeAll(keepingCapacity: true)
        return width
    }

    private func append(_ cell: [UInt8], in column: TableColumn, _ layout: TableLayout, to text: inout [UInt8]) {
        if column != layout.columns.first { text.appendSpaces(TableLayout.gap) }
        text.append(cell, in: layout.width(of: column), isNumber: column.isNumber)
    }

    private func endLine(_ text: inout [UInt8]) {
        while text.last == UInt8(ascii: " ") { text.removeLast() }
        text.append(UInt8(ascii: "\n"))
    }

    private func appendRemark(_ remark: String, _ columns: [TableColumn], to text: inout [UInt8]) {
        guard !columns.isEmpty else { return }
        text.append(contentsOf: remark.utf8)
        text.append(contentsOf: columns.map(\.heading).joined(separator: ", ").utf8)
        text.append(UInt8(ascii: "\n"))
    }
}
