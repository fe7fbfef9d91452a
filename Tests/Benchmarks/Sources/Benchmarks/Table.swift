/// Text in columns on the standard output.
enum Table {
    private static let widths = [40, 26, 13, 14, 16]

    static func title(_ text: String) { print("\n" + text) }

    static func row(_ cells: String...) {
        var line = ""
        for (cell, width) in zip(cells, widths) {
            line += cell + String(repeating: " ", count: max(1, width - cell.count))
        }
        print("  " + line.trimmed)
    }

    /// The goal and whether it is reached.
    static func verdict(_ value: Double, atMost goal: Double) -> String {
        "\(Figure.round(goal)) \(value <= goal ? "reached" : "MISSED")"
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
