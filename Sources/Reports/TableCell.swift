// Cells of tables: escaped text at its place.

extension [UInt8] {
    /// Appends a cell's text, with a `~` for what there is no room for.
    ///
    /// - Parameter isNumber: whether it is aligned at its last digit.
    mutating func append(_ cell: [UInt8], in room: Int, isNumber: Bool) {
        let fitting = TerminalText.width(of: cell, upTo: room)
        if fitting.byteCount < cell.count {
            let shortened = TerminalText.width(of: cell, upTo: room - 1)
            append(contentsOf: cell[..<shortened.byteCount])
            append(UInt8(ascii: "~"))
            appendSpaces(room - 1 - shortened.columnCount)
            return
        }
        if isNumber { appendSpaces(room - fitting.columnCount) }
        append(contentsOf: cell)
        if !isNumber { appendSpaces(room - fitting.columnCount) }
    }

    mutating func appendSpaces(_ count: Int) {
        for _ in 0..<count { append(UInt8(ascii: " ")) }
    }

    /// Ends a line of a table: without the spaces that only pad its last cell.
    mutating func endTableLine() {
        while last == UInt8(ascii: " ") { removeLast() }
        append(UInt8(ascii: "\n"))
    }

    /// Appends what befell columns for want of room, with their headings; nothing where it befell none.
    mutating func appendRemark(_ remark: String, _ headings: [String], width: Int?) {
        guard !headings.isEmpty else { return }
        let start = count
        append(contentsOf: remark.utf8)
        append(contentsOf: headings.joined(separator: ", ").utf8)
        append(UInt8(ascii: "\n"))
        foldLines(from: start, to: width)
    }

    /// Breaks the lines since `start` at their spaces, so that none takes up more than `width` columns; what goes on is
    /// indented. A note is left as it is: its command must be one line for who copies it.
    mutating func foldLines(from start: Int, to width: Int?) {
        guard let width else { return }
        let lines = self[start...].split(separator: UInt8(ascii: "\n"))
        removeSubrange(start...)
        for line in lines {
            let fits = line.starts(with: "note: ".utf8) || TerminalText.width(of: Array(line)) <= width
            if fits { append(contentsOf: line) } else { appendFolded(line, to: width) }
            append(UInt8(ascii: "\n"))
        }
    }

    private mutating func appendFolded(_ line: ArraySlice<UInt8>, to width: Int) {
        var column = 0
        for word in line.split(separator: UInt8(ascii: " ")) {
            let length = TerminalText.width(of: Array(word))
            if column > 0, column + 1 + length > width {
                append(contentsOf: "\n  ".utf8)
                column = 2
            } else if column > 0 {
                append(UInt8(ascii: " "))
                column += 1
            }
            append(contentsOf: word)
            column += length
        }
    }
}
