extension JSONText {
    /// The most bytes that a text of `length` bytes may become.
    static func longestString(ofLength length: Int) -> Int { 6 * length + 2 }

    /// Appends a string value of any bytes.
    ///
    /// What is not UTF-8 becomes U+FFFD, once for each malformed sequence, as JSON knows no bytes. Whatever could steer a
    /// terminal or hide (`Unicode.Scalar.isHidden`) is escaped, which JSON's readers undo.
    ///
    /// - Complexity: O(length).
    mutating func append(string text: [UInt8]) {
        append(UInt8(ascii: "\""))
        let plainCount = append(text, while: Self.isPlain)
        if plainCount < text.count { append(escaping: text, from: plainCount) }
        append(UInt8(ascii: "\""))
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func append(escaping text: [UInt8], from start: Int) {
        var offset = start
        while offset < text.count {
            switch ScalarReader.step(in: text, at: offset) {
            case .scalar(let scalar, let length):
                append(scalar)
                offset += length
            case .malformed(let length):
                append(utf8: "\u{fffd}")
                offset += length
            }
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append(word: #"\""#)
        case "\\": append(word: #"\\"#)
        case "\n": append(word: #"\n"#)
        case "\r": append(word: #"\r"#)
        case "\t": append(word: #"\t"#)
        default: if scalar.isHidden { append(escaped: scalar) } else { append(utf8: scalar) }
        }
    }

    private mutating func append(escaped scalar: Unicode.Scalar) {
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
            append(word: #"\u"#)
            append(DigitWord.hexadecimal(UInt32(unit)) >> 32, length: 4)
        }
    }

    private mutating func append(utf8 scalar: Unicode.Scalar) {
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(byte) }
    }
}
