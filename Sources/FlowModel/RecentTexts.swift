/// The texts that a reader saw last, each at a place where its owner keeps what it made of the text.
///
/// Two places for each hash: of two rules that log in turn neither forgets the other, whatever their prefixes are.
public struct RecentTexts {
    /// How many places there are.
    public static let capacity = 16

    private var texts = [[UInt8]](repeating: [], count: capacity)
    /// The place of the last text, which mostly is the next one's.
    private var last = 0
    /// A bit for each pair of places: the second is the one that was used last.
    private var later = 0 as UInt8

    public init() {}

    /// The place of a text, and whether it has just been given to it: then what lies there belongs to another text. At first
    /// every place is the empty text's.
    ///
    /// - Complexity: O(length); allocates only for a text that is not among the last seen.
    public mutating func place(of text: Span<UInt8>) -> (index: Int, isNew: Bool) {
        if isText(text, at: last) { return (last, false) }
        let pair = Self.pair(of: text)
        for place in 2 * pair...2 * pair + 1 where isText(text, at: place) {
            use(place)
            return (place, false)
        }
        let place = 2 * pair + (later & 1 << pair == 0 ? 1 : 0)
        texts[place] = [UInt8](copying: text)
        use(place)
        return (place, true)
    }

    private mutating func use(_ place: Int) {
        last = place
        let bit = (1 as UInt8) << (place / 2)
        later = place % 2 == 1 ? later | bit : later & ~bit
    }

    private static func pair(of text: Span<UInt8>) -> Int {
        var mixed = UInt32(truncatingIfNeeded: text.count)
        for offset in text.indices { mixed = (mixed ^ UInt32(text[offset])) &* 0x0100_0193 }
        return Int(mixed >> 29)
    }

    private func isText(_ text: Span<UInt8>, at place: Int) -> Bool {
        let known = texts[place]
        guard known.count == text.count else { return false }
        for offset in 0..<known.count where known[offset] != text[offset] { return false }
        return true
    }
}
