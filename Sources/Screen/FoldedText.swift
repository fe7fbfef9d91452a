import Reports

extension String {
    /// In lines of at most `width` columns, broken at spaces; a word that is longer is cut where the line is shown.
    func folded(to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ", omittingEmptySubsequences: false) {
            if !line.isEmpty, line.columnCount + 1 + String(word).columnCount > width {
                lines.append(line)
                line = String(word)
            } else {
                line += line.isEmpty ? String(word) : " \(word)"
            }
        }
        return lines + [line]
    }

    /// Columns that it takes up on the terminal, when escaped.
    var columnCount: Int {
        var text: [UInt8] = []
        TerminalText.append(Array(utf8), to: &text)
        return TerminalText.width(of: text)
    }
}
