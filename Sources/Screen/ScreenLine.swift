import Reports

/// How a text stands out.
public enum TextStyle: Hashable, Sendable {
    case plain
    case strong
    case faint
    /// The row that keys are about, and headings.
    case inverse
    case good
    case warning
    case alarm
    case accent
}

/// A line of the screen: pieces of text that cannot steer the terminal, each in its style.
public struct ScreenLine: Hashable, Sendable {
    public struct Piece: Hashable, Sendable {
        public var text: [UInt8]
        public var style: TextStyle
    }

    public private(set) var pieces: [Piece] = []
    /// Columns that it takes up.
    public private(set) var width = 0

    public init() {}

    init(_ text: String, _ style: TextStyle = .plain) { append(text, style) }

    /// Appends any text, escaped.
    mutating func append(_ text: String, _ style: TextStyle = .plain) {
        var escaped: [UInt8] = []
        TerminalText.append(Array(text.utf8), to: &escaped)
        append(escaped: escaped, style)
    }

    /// Appends text of nfmon's own, or text that is escaped.
    mutating func append(escaped text: [UInt8], _ style: TextStyle = .plain) {
        guard !text.isEmpty else { return }
        width += TerminalText.width(of: text)
        if pieces.last?.style == style {
            pieces[pieces.count - 1].text += text
        } else {
            pieces.append(Piece(text: text, style: style))
        }
    }

    /// Appends a line.
    mutating func append(_ line: ScreenLine) {
        for piece in line.pieces { append(escaped: piece.text, piece.style) }
    }

    /// Appends spaces up to a column.
    mutating func pad(to column: Int, _ style: TextStyle = .plain) {
        if width < column { append(escaped: [UInt8](repeating: UInt8(ascii: " "), count: column - width), style) }
    }

    /// The beginning that fits, with a `~` for what there is no room for.
    func cut(to limit: Int) -> ScreenLine {
        guard width > limit else { return self }
        guard limit > 0 else { return ScreenLine() }
        var line = ScreenLine()
        for piece in pieces {
            let fitting = TerminalText.width(of: piece.text, upTo: limit - 1 - line.width)
            line.append(escaped: Array(piece.text[..<fitting.byteCount]), piece.style)
            if fitting.byteCount < piece.text.count {
                line.append(escaped: [UInt8(ascii: "~")], piece.style)
                break
            }
        }
        return line
    }

    /// The same line with one style throughout.
    func styled(_ style: TextStyle) -> ScreenLine {
        var line = ScreenLine()
        line.append(escaped: pieces.flatMap(\.text), style)
        return line
    }

    /// Without styles.
    public var text: String { String(decoding: pieces.flatMap(\.text), as: UTF8.self) }
}
