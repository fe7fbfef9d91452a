/// Words of a line in which quotes hold a word together, as iptables-save and nft write them.
enum QuotedWords {
    /// Whose quotes they are.
    enum Style {
        /// `\"` and `\\` stand for a quote and a backslash; the quotes are no part of the word.
        case iptables
        /// Nothing can stand for a quote, and the quotes stay part of the word: so a text never passes for syntax.
        case nft
    }

    /// The words of a line. A quote that nobody closes lasts to the line's end.
    static func split(_ line: Substring, _ style: Style) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var (isInWord, isQuoted, isEscaped) = (false, false, false)
        for byte in line.utf8 {
            if isEscaped {
                word.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\"), style == .iptables {
                (isInWord, isEscaped) = (true, true)
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
                isInWord = true
                if style == .nft { word.append(byte) }
            } else if !isQuoted, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                if isInWord { words.append(String(decoding: word, as: UTF8.self)) }
                word.removeAll(keepingCapacity: true)
                isInWord = false
            } else {
                word.append(byte)
                isInWord = true
            }
        }
        if isInWord { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }
}
