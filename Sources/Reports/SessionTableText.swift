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
        text.endTableLine()
        for session in answer.sessions {
            for column in layout.columns {
                cell.removeAll(keepingCapacity: true)
                column.appendCell(session, answer, to: &cell)
                if cell.isEmpty { cell.append(UInt8(ascii: "-")) }
                append(cell, in: column, layout, to: &text)
            }
            text.endTableLine()
        }
        text.appendRemark("left out for want of room: ", layout.omitted.map(\.heading), width: width)
        text.appendRemark("cut for want of room (~): ", layout.cut.map(\.heading), width: width)
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
}
