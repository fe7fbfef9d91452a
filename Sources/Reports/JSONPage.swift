import FlowModel

/// The memory on which JSON is written before it joins the output: one event, one session or one summary at a time.
///
/// Writing to memory of fixed size needs one bounds check for eight bytes, where appending to an array needs a check of its
/// capacity and of its uniqueness for each part.
struct JSONPage: Sendable {
    /// Enough for every event and session: their own text is below 6 KiB, and each of the seventeen names has at most 255 bytes
    /// (``NameTable``), which may become six times as many.
    static var size: Int { 32_768 }

    private var memory: [UInt8] = []
    private var day = DayText()
    private var quoted = QuotedNames()
    private let words = JSONWords.shared

    /// A text to be written here; hand its ``JSONText/end`` to ``flush(_:into:)`` then.
    ///
    /// - Parameters:
    ///   - names: what will be written has no others; always of one table.
    ///   - size: what will be written at most, in bytes.
    @_lifetime(&self)
    mutating func text(_ names: borrowing NameBook, upTo size: Int = Self.size) -> JSONText {
        let needed = size + ShortText.capacity
        if memory.count < needed { memory = [UInt8](repeating: 0, count: needed) }
        quoted.learn(names.names, words: words)
        let (words, day, quoted) = (self.words, self.day, self.quoted)
        return JSONText(memory.mutableSpan, words: words, day: day, quoted: quoted)
    }

    /// Appends what was written to `buffer`.
    mutating func flush(_ end: JSONText.End, into buffer: inout [UInt8]) {
        day = end.day
        buffer.append(contentsOf: memory[..<end.count])
    }
}
