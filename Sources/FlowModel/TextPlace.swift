/// A place in a text that people edit: its line and its character there, both counted from 1.
public struct TextPlace: Comparable, Hashable, Sendable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (one: TextPlace, other: TextPlace) -> Bool {
        (one.line, one.column) < (other.line, other.column)
    }
}

extension TextPlace: CustomStringConvertible {
    /// As compilers write it, and editors read it: `12:5`.
    public var description: String { "\(line):\(column)" }
}
