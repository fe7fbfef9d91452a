/// A line that the user is writing.
public struct LineEditor: Hashable, Sendable {
    /// The most characters that it takes.
    static let limit = 1000

    private var characters: [Character]
    /// How many characters stand before the cursor.
    public private(set) var cursor: Int

    public init(_ text: String = "") {
        characters = Array(text.prefix(Self.limit))
        cursor = characters.count
    }

    public var text: String { String(characters) }

    /// Takes a key that means something to a line.
    ///
    /// - Returns: whether it did.
    public mutating func take(_ key: Key) -> Bool {
        switch key {
        case .character(let scalar): insert(String(scalar))
        case .paste(let text): insert(Self.oneLine(text))
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .backspace:
            guard cursor > 0 else { break }
            cursor -= 1
            characters.remove(at: cursor)
        case .delete, .control("d"): if cursor < characters.count { characters.remove(at: cursor) }
        case .control("u"):
            characters.removeFirst(cursor)
            cursor = 0
        case .control("k"): characters.removeLast(characters.count - cursor)
        case .control("w"): removeWord()
        default: return false
        }
        settle()
        return true
    }

    /// What has become neighbours may be one character now: a letter and the mark behind it.
    private mutating func settle() {
        characters = Array(String(characters))
        cursor = min(cursor, characters.count)
    }

    private mutating func insert(_ text: String) {
        // A combining mark joins the character before it.
        let before = String(characters[..<cursor]) + text
        let after = characters[cursor...]
        let joined = Array(before)
        guard joined.count + after.count <= Self.limit else { return }
        characters = joined + after
        cursor = joined.count
    }

    private mutating func removeWord() {
        let head = characters[..<cursor]
        let withoutSpaces = head.lastIndex { $0 != " " }.map { head[...$0] } ?? []
        let start = withoutSpaces.lastIndex(of: " ").map { $0 + 1 } ?? 0
        characters.removeSubrange(start..<cursor)
        cursor = start
    }

    /// A pasted text without what ends a line or steers a terminal.
    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 })
        )
        .trimmed
    }
}

extension String {
    /// Without the spaces at both ends.
    var trimmed: String {
        let head = drop { $0 == " " }
        return String(head.reversed().drop { $0 == " " }.reversed())
    }
}
