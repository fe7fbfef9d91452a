import FlowModel
import Query

/// Writes groups as a table: first a pass that measures, then one that writes.
struct GroupTableText {
    let groups: GroupRanking
    let names: NameBook
    let now: Timestamp
    /// Columns that a line may take up; `nil` is as many as it needs.
    let width: Int?

    private struct Layout {
        var columns: [(column: GroupTableColumn, width: Int)]
        var omitted: [GroupTableColumn] = []
        var cut: [GroupTableColumn] = []

        var lineWidth: Int { columns.reduce(0) { $0 + $1.width } + TableLayout.gap * (columns.count - 1) }
    }

    func append(to text: inout [UInt8]) {
        var layout = measure()
        if let width { fit(&layout, to: max(width, TableLayout.minimumWidth)) }
        var cell: [UInt8] = []
        for (index, (column, room)) in layout.columns.enumerated() {
            cell = Array(column.heading(groups.grouping).utf8)
            append(cell, column, room, isFirst: index == 0, to: &text)
        }
        text.endTableLine()
        for group in groups {
            for (index, (column, room)) in layout.columns.enumerated() {
                cell.removeAll(keepingCapacity: true)
                column.appendCell(group, names: names, now: now, to: &cell)
                if cell.isEmpty { cell.append(UInt8(ascii: "-")) }
                append(cell, column, room, isFirst: index == 0, to: &text)
            }
            text.endTableLine()
        }
        let (omitted, cut) = (headings(layout.omitted), headings(layout.cut))
        text.appendRemark("left out for want of room: ", omitted, width: width)
        text.appendRemark("cut for want of room (~): ", cut, width: width)
    }

    private func headings(_ columns: [GroupTableColumn]) -> [String] { columns.map { $0.heading(groups.grouping) } }

    private func measure() -> Layout {
        let all = groups.grouping.columns.indices.map(GroupTableColumn.key) + GroupTableColumn.amounts
        var widths = [Int](repeating: 0, count: all.count)
        var cell: [UInt8] = []
        for group in groups {
            for (index, column) in all.enumerated() {
                cell.removeAll(keepingCapacity: true)
                column.appendCell(group, names: names, now: now, to: &cell)
                widths[index] = max(widths[index], TerminalText.width(of: cell))
            }
        }
        let shown = zip(all, widths).filter { !$0.isOptional || $1 > 0 }
        return Layout(
            columns: shown.map { ($0, max($1, $0.heading(groups.grouping).utf8.count)) })
    }

    /// Leaves amounts out, then the last of the columns that the groups are by where there are too many to tell anything, and
    /// cuts the others only when nothing else is left, the widest first.
    private func fit(_ layout: inout Layout, to limit: Int) {
        for column in GroupTableColumn.dispensable where layout.lineWidth > limit {
            guard let index = layout.columns.firstIndex(where: { $0.column == column }) else { continue }
            layout.columns.remove(at: index)
            layout.omitted.append(column)
        }
        while leastWidth(of: layout) > limit, let index = layout.columns.lastIndex(where: { $0.column.isKey }),
            index > 0
        {
            layout.omitted.append(layout.columns.remove(at: index).column)
        }
        while layout.lineWidth > limit {
            let widest = layout.columns.indices.max { layout.columns[$0].width < layout.columns[$1].width }
            guard let widest, layout.columns[widest].width > 3 else { return }
            layout.columns[widest].width -= 1
            let column = layout.columns[widest].column
            if !layout.cut.contains(column) { layout.cut.append(column) }
        }
    }

    /// What a line takes up when every column is cut to what still tells something.
    private func leastWidth(of layout: Layout) -> Int {
        layout.columns.reduce(0) { $0 + min($1.width, 8) } + TableLayout.gap * (layout.columns.count - 1)
    }

    private func append(
        _ cell: [UInt8], _ column: GroupTableColumn, _ room: Int, isFirst: Bool, to text: inout [UInt8]
    ) {
        if !isFirst { text.appendSpaces(TableLayout.gap) }
        text.append(cell, in: room, isNumber: column.isNumber(groups.grouping))
    }
}
