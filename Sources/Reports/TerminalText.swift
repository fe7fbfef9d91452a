import FlowModel

/// Text for people: whatever could steer a terminal or hide is shown as an escape.
///
/// A control byte, and a byte that is no part of a character, is shown as `\x1b`; a hidden character beyond them as
/// `\u{202e}`; a backslash as `\\`, so that the original can be told from what is shown.
public enum TerminalText {
    /// Appends a text of any bytes, escaped.
    ///
    /// - Complexity: O(length); a text of plain ASCII is copied as it is.
    public static func append(_ text: [UInt8], to buffer: inout [UInt8]) {
        if text.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) {
            buffer.append(contentsOf: text)
            return
        }
        var offset = 0
        while offset < text.count {
            switch ScalarReader.step(in: text, at: offset) {
            case .scalar(let scalar, let length):
                append(scalar, to: &buffer)
                offset += length
            case .malformed(let length):
                for byte in text[offset..<offset + length] { append(byteEscape: byte, to: &buffer) }
                offset += length
            }
        }
    }

    /// Columns that escaped text takes up on a terminal.
    public static func width(of text: [UInt8]) -> Int {
        width(of: text, upTo: .max).columnCount
    }

    /// The longest beginning of escaped text that takes up at most `limit` columns.
    public static func width(of text: [UInt8], upTo limit: Int) -> (byteCount: Int, columnCount: Int) {
        var offset = 0
        var columns = 0
        while offset < text.count {
            let step: (length: Int, columns: Int) =
                switch ScalarReader.step(in: text, at: offset) {
                case .scalar(let scalar, let length): (length, scalar.columnCount)
                case .malformed(let length): (length, 1)
                }
            if columns + step.columns > limit { break }
            columns += step.columns
            offset += step.length
        }
        return (offset, columns)
    }

    private static func append(_ scalar: Unicode.Scalar, to buffer: inout [UInt8]) {
        if scalar == "\\" {
            buffer.append(contentsOf: #"\\"#.utf8)
        } else if scalar.value < 0x80, scalar.isHidden {
            append(byteEscape: UInt8(truncatingIfNeeded: scalar.value), to: &buffer)
        } else if scalar.isHidden {
            buffer.append(contentsOf: #"\u{"#.utf8)
            buffer.appendHexadecimal(UInt64(scalar.value))
            buffer.append(UInt8(ascii: "}"))
        } else {
            buffer.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private static func append(byteEscape byte: UInt8, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: #"\x"#.utf8)
        buffer.appendHexadecimal(UInt64(byte), width: 2)
    }
}
