import FlowModel

/// The names of a ``NameTable`` as JSON strings, each made once: every event of a session that a rule logged has three.
///
/// A name keeps its number for as long as anybody uses it, so what was made for one snapshot holds for later ones, but for the
/// numbers that were given to other names since.
struct QuotedNames: Sendable {
    /// By number; empty for one whose string is too long.
    private var strings: [ShortText] = []
    /// How many names had been given out when they were made.
    private var givenCount: UInt64 = 0

    /// Makes the strings of the names that have come since.
    mutating func learn(_ names: Names, words: JSONWords) {
        guard givenCount != names.givenCount || strings.isEmpty else { return }
        // Of an older snapshot: what is newer here may be other names of the same numbers.
        if names.givenCount < givenCount { strings = [] }
        var memory = [UInt8](repeating: 0, count: JSONText.longestString(ofLength: 255) + ShortText.capacity)
        for index in 0..<names.count {
            let number = NameID(rawValue: UInt16(truncatingIfNeeded: index))
            guard index >= strings.count || names.isNewer(number, than: givenCount) else { continue }
            var text = JSONText(memory.mutableSpan, words: words, day: DayText(), quoted: QuotedNames())
            text.append(string: names.bytes(of: number))
            let length = text.count
            let string: ShortText = length <= ShortText.capacity ? ShortText(memory[..<length]) : ""
            if index < strings.count { strings[index] = string } else { strings.append(string) }
        }
        givenCount = names.givenCount
    }

    /// The string of a name; empty where it is to be made anew.
    @inline(__always)
    subscript(number: NameID) -> ShortText {
        Int(number.rawValue) < strings.count ? strings[Int(number.rawValue)] : ""
    }
}
