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
    mutating func appendRemark(_ remark: String, _ headings: [String]) {
        guard !headings.isEmpty else { return }
        append(contentsOf: remark.utf8)
        append(contentsOf: headings.joined(separator: ", ").utf8)
        append(UInt8(ascii: "\n"))
    }
}
