import FlowModel

extension JSONText {
    /// Appends a string value of any bytes.
    ///
    /// What is not UTF-8 becomes U+FFFD, once for each malformed sequence, as JSON knows no bytes. Whatever could steer a
    /// terminal or hide (`Unicode.Scalar.isHidden`) is escaped, which JSON's readers undo.
    ///
    /// - Complexity: O(length); a text of plain ASCII is copied as it is.
    public mutating func append(string text: [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        if text.allSatisfy(Self.isPlain) {
            bytes.append(contentsOf: text)
        } else {
            appendEscaped(text)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func appendEscaped(_ text: [UInt8]) {
        var offset = 0
        while offset < text.count {
            switch ScalarReader.step(in: text, at: offset) {
            case .scalar(let scalar, let length):
                append(scalar)
                offset += length
            case .malformed(let length):
                bytes.append(contentsOf: "\u{fffd}".utf8)
                offset += length
            }
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": bytes.append(contentsOf: #"\""#.utf8)
        case "\\": bytes.append(contentsOf: #"\\"#.utf8)
        case "\n": bytes.append(contentsOf: #"\n"#.utf8)
        case "\r": bytes.append(contentsOf: #"\r"#.utf8)
        case "\t": bytes.append(contentsOf: #"\t"#.utf8)
        case _ where scalar.isHidden:
            for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                bytes.append(contentsOf: #"\u"#.utf8)
                bytes.appendHexadecimal(UInt64(unit), width: 4)
            }
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }
}
