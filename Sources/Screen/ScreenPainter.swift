import Reports

/// What is to be seen: a line for each row, and the cursor where the user writes.
public struct ScreenFrame: Hashable, Sendable {
    public var lines: [ScreenLine]
    /// Row and column, from 0.
    public var cursor: Cursor?

    public struct Cursor: Hashable, Sendable {
        public var row: Int
        public var column: Int
    }

    /// What is seen, without styles.
    public var text: String { lines.map { $0.text + "\n" }.joined() }
}

/// Makes the terminal show a frame: what has changed since the last one, and nothing else.
public struct ScreenPainter: Sendable {
    private let capabilities: ScreenCapabilities
    private var shown: ScreenFrame?

    public init(_ capabilities: ScreenCapabilities) { self.capabilities = capabilities }

    /// Nobody knows what the terminal shows: the next frame is painted anew.
    public mutating func forget() { shown = nil }

    /// The bytes that turn what is shown into the frame.
    ///
    /// - Parameter columns: how wide the terminal is.
    /// - Complexity: O(length of the lines that have changed).
    public mutating func paint(_ frame: ScreenFrame, columns: Int, into bytes: inout [UInt8]) {
        guard frame != shown else { return }
        // The cursor is hidden while it wanders.
        bytes += "\u{1b}[?25l".utf8
        if shown == nil { bytes += "\u{1b}[0m\u{1b}[2J".utf8 }
        for (row, line) in frame.lines.enumerated() {
            if let shown, row < shown.lines.count, shown.lines[row] == line { continue }
            paint(line, row, columns, into: &bytes)
        }
        if let shown, shown.lines.count > frame.lines.count {
            for row in frame.lines.count..<shown.lines.count { paint(ScreenLine(), row, columns, into: &bytes) }
        }
        if let cursor = frame.cursor {
            bytes += "\u{1b}[\(cursor.row + 1);\(cursor.column + 1)H\u{1b}[?25h".utf8
        }
        shown = frame
    }

    private func paint(_ line: ScreenLine, _ row: Int, _ columns: Int, into bytes: inout [UInt8]) {
        bytes += "\u{1b}[\(row + 1);1H".utf8
        for piece in line.pieces {
            let code = Self.code(of: piece.style, hasColour: capabilities.hasColour)
            if !code.isEmpty { bytes += "\u{1b}[\(code)m".utf8 }
            append(piece.text, to: &bytes)
            if !code.isEmpty { bytes += "\u{1b}[0m".utf8 }
        }
        // Behind a full line the cursor still stands on its last column.
        if line.width < columns { bytes += "\u{1b}[K".utf8 }
    }

    private func append(_ text: [UInt8], to bytes: inout [UInt8]) {
        guard !capabilities.hasUTF8, text.contains(where: { $0 >= 0x80 }) else { return bytes.append(contentsOf: text) }
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                let width = TerminalText.width(of: Array(String(scalar).utf8))
                bytes.append(contentsOf: [UInt8](repeating: UInt8(ascii: "?"), count: width))
            }
        }
    }

    /// The parameters of SGR (ECMA-48 section 8.3.117). Without colour what matters still stands out.
    private static func code(of style: TextStyle, hasColour: Bool) -> String {
        switch style {
        case .plain: ""
        case .strong: "1"
        case .faint: hasColour ? "2" : ""
        case .inverse: "7"
        case .good: hasColour ? "32" : ""
        case .warning: hasColour ? "33" : "1"
        case .alarm: hasColour ? "1;31" : "1"
        case .accent: hasColour ? "36" : ""
        }
    }
}
