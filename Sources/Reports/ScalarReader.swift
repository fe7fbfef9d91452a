/// Reads characters from bytes that may be anything: names come from the kernel, which checks no encoding.
struct ScalarReader {
    /// One step through the bytes.
    enum Step {
        case scalar(Unicode.Scalar, length: Int)
        /// So many bytes that begin no character (a maximal subpart, Unicode 16.0 section 3.9).
        case malformed(length: Int)
    }

    /// What begins at `offset`, which must be in `bytes`.
    ///
    /// - Complexity: O(1).
    static func step(in bytes: [UInt8], at offset: Int) -> Step {
        let lead = bytes[offset]
        if lead < 0x80 { return .scalar(Unicode.Scalar(lead), length: 1) }
        guard let shape = Shape(lead: lead) else { return .malformed(length: 1) }
        var value = shape.leadBits
        var allowed = shape.second
        for index in 1..<shape.length {
            guard offset + index < bytes.count, allowed.contains(bytes[offset + index]) else {
                return .malformed(length: index)
            }
            value = value << 6 | UInt32(bytes[offset + index] & 0x3f)
            allowed = 0x80...0xbf
        }
        // The shape leaves neither surrogates nor anything beyond U+10FFFF.
        guard let scalar = Unicode.Scalar(value) else { return .malformed(length: shape.length) }
        return .scalar(scalar, length: shape.length)
    }

    /// What the first byte says of a character (Unicode 16.0, table 3-7).
    private struct Shape {
        var length: Int
        var leadBits: UInt32
        /// What the second byte may be; the later ones may be 80 to BF.
        var second: ClosedRange<UInt8> = 0x80...0xbf

        init?(lead: UInt8) {
            switch lead {
            case 0xc2...0xdf:
                length = 2
                leadBits = UInt32(lead & 0x1f)
            case 0xe0...0xef:
                length = 3
                leadBits = UInt32(lead & 0x0f)
                if lead == 0xe0 { second = 0xa0...0xbf }
                if lead == 0xed { second = 0x80...0x9f }
            case 0xf0...0xf4:
                length = 4
                leadBits = UInt32(lead & 0x07)
                if lead == 0xf0 { second = 0x90...0xbf }
                if lead == 0xf4 { second = 0x80...0x8f }
            default:
                return nil
            }
        }
    }
}

extension Unicode.Scalar {
    /// Whether the character is to be written as an escape everywhere: it would steer the terminal or the order of the
    /// text, or cannot be seen.
    ///
    /// C0, DEL and C1, bidirectional overrides and isolates, zero-width characters, line and paragraph separators, tags:
    /// all of the general categories Cc, Cf, Zl and Zp.
    var isHidden: Bool {
        if value < 0x7f { return value < 0x20 }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Columns that a terminal gives to a visible character: 0, 1 or 2 (wcwidth's rule in broad strokes).
    var columnCount: Int {
        if value < 0x300 { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        return switch value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
            0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff,
            0x1fa70...0x1faff, 0x20000...0x3fffd:
            2
        default: 1
        }
    }
}
