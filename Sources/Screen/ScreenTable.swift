import Reports

/// Rows in columns that fit the screen.
///
/// Columns keep their widths from one answer to the next, so that nothing jumps while figures change: they only grow.
struct ScreenTable: Sendable {
    private(set) var columns: [ScreenColumn] = []
    /// What each column's widest cell took up so far; 0 where nothing was in it.
    private var widest: [Int] = []
    /// The same without what stands behind a cell's first space, such as the type of an ICMP message behind its address.
    private var widestHead: [Int] = []
    /// The columns that are shown, by their numbers, and how wide each is.
    private(set) var shown: [(column: Int, width: Int)] = []
    /// The titles of those that there is no room for.
    private(set) var omitted: [String] = []
    private var gap = 1

    /// Begins anew where these are other columns.
    mutating func use(_ columns: [ScreenColumn]) {
        guard columns != self.columns else { return }
        self.columns = columns
        forgetWidths()
    }

    /// What was shown before no longer matters: other units, another size.
    mutating func forgetWidths() {
        widest = [Int](repeating: 0, count: columns.count)
        widestHead = widest
    }

    /// Makes room for these rows.
    ///
    /// - Parameters:
    ///   - sortKey: the column that is sorted by is left out last.
    ///   - limit: columns of the screen that a line may take up.
    mutating func fit(_ rows: [[String]], sortKey: String, to limit: Int) {
        for row in rows {
            for (index, cell) in row.enumerated() where index < widest.count && !cell.isEmpty {
                let width = Self.escaped(cell).width
                widest[index] = max(widest[index], width)
                let head = cell.prefix { $0 != " " }
                // A column for the mark that something is cut.
                widestHead[index] = max(
                    widestHead[index], head.count < cell.count ? String(head).columnCount + 1 : width)
            }
        }
        gap = limit < 120 ? 1 : 2
        shown = columns.indices.filter { !columns[$0].isOptional || widest[$0] > 0 }
            .map { ($0, max(widest[$0], columns[$0].title.count)) }
        omitted = []
        let dispensable = shown.map(\.column)
            .compactMap { index in importance(of: index, sortKey).map { (index, $0) } }
            .sorted { $0.1 < $1.1 }
        shrink(to: widestHead, limit)
        for (index, _) in dispensable where lineWidth > limit {
            shown.removeAll { $0.column == index }
            omitted.append(columns[index].title)
        }
        // What a column that went has made free.
        for place in shown.indices where lineWidth < limit {
            let whole = max(widest[shown[place].column], columns[shown[place].column].title.count)
            shown[place].width = min(whole, shown[place].width + limit - lineWidth)
        }
        shrink(to: columns.map { $0.leastWidth ?? .max }, limit)
    }

    /// Narrows the widest columns until a line fits, or none is wider than it must be.
    private mutating func shrink(to least: [Int], _ limit: Int) {
        while lineWidth > limit {
            let places = shown.indices.filter {
                shown[$0].width > max(least[shown[$0].column], columns[shown[$0].column].title.count)
            }
            guard let place = places.max(by: { shown[$0].width < shown[$1].width }) else { return }
            shown[place].width -= 1
        }
    }

    private func importance(of column: Int, _ sortKey: String) -> Int? {
        columns[column].importance.map { columns[column].sortKey == sortKey ? 100 : $0 }
    }

    private var lineWidth: Int { shown.reduce(0) { $0 + $1.width } + gap * max(0, shown.count - 1) }

    /// The titles; the column that is sorted by stands out, also without colour.
    func heading(sortKey: String) -> ScreenLine {
        var line = ScreenLine()
        for (place, (index, width)) in shown.enumerated() {
            let isSorted = columns[index].sortKey == sortKey
            if place > 0 { line.pad(to: line.width + gap, .inverse) }
            append(columns[index].title, width, columns[index], isSorted ? .strong : .inverse, to: &line)
        }
        return line
    }

    /// A row.
    func line(_ cells: [String], _ style: TextStyle = .plain) -> ScreenLine {
        var line = ScreenLine()
        for (place, (index, width)) in shown.enumerated() where index < cells.count {
            if place > 0 { line.pad(to: line.width + gap, style) }
            append(cells[index].isEmpty ? "-" : cells[index], width, columns[index], style, to: &line)
        }
        return line
    }

    private func append(
        _ cell: String, _ width: Int, _ column: ScreenColumn, _ style: TextStyle, to line: inout ScreenLine
    ) {
        let text = Self.escaped(cell, style).cut(to: width)
        let end = line.width + width
        if column.isNumber { line.pad(to: end - text.width, style) }
        line.append(text)
        line.pad(to: end, style)
    }

    private static func escaped(_ cell: String, _ style: TextStyle = .plain) -> ScreenLine { ScreenLine(cell, style) }
}
