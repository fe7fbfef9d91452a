// What is seen: a head, the page, and the foot.

extension ScreenState {
    /// Draws the screen.
    ///
    /// - Complexity: O(rows and columns of the terminal); sessions that are not shown cost nothing.
    public mutating func frame(_ capabilities: ScreenCapabilities) -> ScreenFrame {
        var foot = footLines
        // However small the terminal is, what the user writes is seen.
        if foot.count > rows { foot.removeFirst(foot.count - max(rows, 1)) }
        let room = max(0, rows - foot.count)
        var lines: [ScreenLine]
        switch page {
        case .list: lines = listLines(room, capabilities)
        case .session(let id): lines = textLines(detailLines(of: id), room)
        case .help: lines = textLines(HelpPage.lines(columns), room)
        }
        lines = Array(lines.prefix(room))
        while lines.count < room { lines.append(ScreenLine()) }
        let promptRow = lines.count
        lines += foot
        return ScreenFrame(lines: lines.prefix(max(rows, 1)).map { $0.cut(to: columns) }, cursor: cursor(in: promptRow))
    }

    // MARK: The list

    /// Rows of the list that there is room for, the frozen one not counted.
    var listHeight: Int { max(0, rows - headHeight - 1 - footLines.count - (frozenID == nil ? 0 : 1)) }

    private mutating func listLines(_ room: Int, _ capabilities: ScreenCapabilities) -> [ScreenLine] {
        guard let answer else { return headLines(capabilities) }
        let context = CellContext(units: units, names: names, now: answer.summary.time)
        func cells(_ row: JSONValue) -> [String] {
            answer.groupColumns.isEmpty
                ? SessionColumns.cells(SessionRow(value: row), context)
                : GroupColumns.cells(GroupRow(value: row), by: answer.groupColumns, context)
        }
        let shown = Array(answer.rows.dropFirst(top).prefix(listHeight))
        let rows = shown.map(cells)
        let frozenCells = frozen.map { cells($0.row) }
        table.use(answer.groupColumns.isEmpty ? SessionColumns.all : GroupColumns.all(answer.groupColumns))
        table.fit(rows + [frozenCells].compactMap(\.self), sortKey: sortKey, to: columns - Self.markWidth)
        // The head says which columns there is no room for, so it comes when that is known.
        var lines = headLines(capabilities) + [headingLine]
        if let frozen, let frozenCells {
            let style: TextStyle = frozen.isGone ? .faint : .accent
            lines.append(line(frozen.isGone ? "x " : "* ", table.line(frozenCells, style), style))
        }
        for (index, (row, cells)) in zip(shown, rows).enumerated() {
            let isSelected = selected?.place == top + index
            let isDenied = answer.groupColumns.isEmpty && SessionRow(value: row).isDenied
            let style: TextStyle = isSelected ? .inverse : isDenied ? .alarm : .plain
            lines.append(line(isSelected ? "> " : "  ", table.line(cells, style), style))
        }
        return lines
    }

    /// Columns for the mark of the selected row, which is seen without colour, too.
    private static var markWidth: Int { 2 }

    private func line(_ mark: String, _ cells: ScreenLine, _ style: TextStyle) -> ScreenLine {
        var line = ScreenLine(mark, style)
        line.append(cells)
        if style == .inverse { line.pad(to: columns, .inverse) }
        return line
    }

    private var headingLine: ScreenLine {
        var line = ScreenLine("  ", .inverse)
        line.append(table.heading(sortKey: sortKey))
        line.pad(to: columns, .inverse)
        return line
    }

    // MARK: Text

    var greatestPageTop: Int {
        let count: Int
        switch page {
        case .list: return 0
        case .session(let id): count = detailLines(of: id).count
        case .help: count = HelpPage.lines(columns).count
        }
        return max(0, count - (rows - footLines.count))
    }

    private func textLines(_ lines: [ScreenLine], _ room: Int) -> [ScreenLine] {
        Array(lines.dropFirst(min(pageTop, max(0, lines.count - room))).prefix(room))
    }

    private func detailLines(of id: String) -> [ScreenLine] {
        guard let followed = followed[id] else { return [] }
        return DetailPage(
            session: SessionRow(value: followed.row), isGone: followed.isGone,
            context: CellContext(units: units, names: names, now: answer?.summary.time)
        ).lines
    }

    // MARK: The foot

    private var footLines: [ScreenLine] {
        if let prompt {
            let text = ScreenLine(prompt.kind.title + shownPart(of: prompt).text, .strong)
            if prompt.complaint.isEmpty {
                return [text] + prompt.kind.hint.folded(to: columns).map { ScreenLine($0, .faint) }
            }
            // The text and the caret under it stay as they are; the sentence is folded.
            let sentence = prompt.complaint[0].folded(to: columns).map { ScreenLine($0, .alarm) }
            return [text] + sentence + prompt.complaint.dropFirst().map { ScreenLine($0, .warning) }
        }
        if let message { return [ScreenLine(message, .warning)] }
        let keys =
            switch page {
            case .list:
                "? help  / filter  g group  s sort  Enter details  f freeze  p pause  u units  n names  q quit"
            case .session: "Esc back  f freeze  u units  n names  p pause"
            case .help: "Esc back"
            }
        return [ScreenLine(keys, .faint)]
    }

    /// What is seen of a line that may be longer than the screen, and how many columns before the cursor that is.
    private func shownPart(of prompt: ScreenPrompt) -> (text: String, cursor: Int) {
        let room = max(1, columns - prompt.kind.title.count - 1)
        let characters = Array(prompt.editor.text)
        var start = 0
        // Characters may be two columns wide, or none.
        while String(characters[start..<prompt.editor.cursor]).columnCount > room { start += 1 }
        let before = String(characters[start..<prompt.editor.cursor]).columnCount
        return (String(characters[start...]), before)
    }

    private func cursor(in row: Int) -> ScreenFrame.Cursor? {
        guard let prompt else { return nil }
        let column = prompt.kind.title.count + shownPart(of: prompt).cursor
        return ScreenFrame.Cursor(row: min(row, max(rows, 1) - 1), column: min(column, max(columns, 1) - 1))
    }
}
