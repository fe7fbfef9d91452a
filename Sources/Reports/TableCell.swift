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
}
