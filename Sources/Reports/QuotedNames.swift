import FlowModel

/// The names of a ``NameTable`` as JSON strings, each made once: every event of a session that a rule logged has three.
///
/// A name keeps its number and its bytes for the table's life, so what was made for one snapshot holds for later ones.
struct QuotedNames: Sendable {
    /// By number; empty for one whose string is too long.
    private var strings: [ShortText] = []

    /// Makes the strings of the names that have come since.
    mutating func learn(_ names: Names, words: JSONWords) {
        guard strings.count < names.count else { return }
        var memory = [UInt8](repeating: 0, count: JSONText.longestString(ofLength: 255) + ShortText.capacity)
        for number in strings.count..<names.count {
            var text = JSONText(memory.mutableSpan, words: words, day: DayText(), quoted: QuotedNames())
            text.append(string: names.bytes(of: NameID(rawValue: UInt16(truncatingIfNeeded: number))))
            let length = text.count
            strings.append(length <= ShortText.capacity ? ShortText(memory[..<length]) : "")
        }
    }

    /// The string of a name; empty where it is to be made anew.
    @inline(__always)
    subscript(number: NameID) -> ShortText {
        Int(number.rawValue) < strings.count ? strings[Int(number.rawValue)] : ""
    }
}
