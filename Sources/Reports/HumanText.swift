import FlowModel

// Figures as people read them: rounded, with units. Everything that is to be computed with has a format of its own.

extension [UInt8] {
    /// Appends a number of bytes, rounded to three digits at most: `812B`, `47.1KiB`, `312MiB`.
    public mutating func appendByteCount(_ count: UInt64) {
        guard count >= 1024 else {
            appendDecimal(count)
            append(UInt8(ascii: "B"))
            return
        }
        // In units of a 1024th of the unit that is written, so that rounding needs no fractions.
        var fine = count
        var unit = 0
        while unit < Self.byteUnits.count - 1, fine >= 1024 * 1024 - 512 {
            fine >>= 10
            unit += 1
        }
        let tenths = (fine * 10 + 512) / 1024
        if tenths < 1000 {
            appendDecimal(tenths / 10)
            append(UInt8(ascii: "."))
            appendDecimal(tenths % 10)
        } else {
            appendDecimal((fine + 512) / 1024)
        }
        append(contentsOf: Self.byteUnits[unit].utf8)
    }

    private static var byteUnits: [String] { ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] }

    /// Appends a number with a comma after each three digits: `1,234,567`.
    public mutating func appendGrouped(_ value: UInt64) {
        if value >= 1000 {
            appendGrouped(value / 1000)
            append(UInt8(ascii: ","))
            appendDecimal(value % 1000, width: 3)
        } else {
            appendDecimal(value)
        }
    }

    /// Appends a number of events with its noun: `1 event`, `431 events`.
    public mutating func appendCount(_ count: UInt64, _ noun: String) {
        appendGrouped(count)
        append(UInt8(ascii: " "))
        append(contentsOf: noun.utf8)
        if count != 1 { append(UInt8(ascii: "s")) }
    }

    /// Appends a length of time: `87us`, `84ms`, `8.123s`, `1m05s`, `2h03m`, `3d04h`, rounded down.
    public mutating func appendDuration(nanoseconds: UInt64) {
        let seconds = nanoseconds / 1_000_000_000
        switch seconds {
        case 0 where nanoseconds < 1000: append(contentsOf: "0s".utf8)
        case 0 where nanoseconds < 1_000_000:
            appendDecimal(nanoseconds / 1000)
            append(contentsOf: "us".utf8)
        case 0:
            appendDecimal(nanoseconds / 1_000_000)
            append(contentsOf: "ms".utf8)
        case ..<60:
            appendDecimal(seconds)
            append(UInt8(ascii: "."))
            appendDecimal(nanoseconds / 1_000_000 % 1000, width: 3)
            append(UInt8(ascii: "s"))
        case ..<3600: appendPair(seconds / 60, "m", seconds % 60, "s")
        case ..<86_400: appendPair(seconds / 3600, "h", seconds / 60 % 60, "m")
        default: appendPair(seconds / 86_400, "d", seconds / 3600 % 24, "h")
        }
    }

    private mutating func appendPair(_ first: UInt64, _ firstUnit: String, _ second: UInt64, _ secondUnit: String) {
        appendDecimal(first)
        append(contentsOf: firstUnit.utf8)
        appendDecimal(second, width: 2)
        append(contentsOf: secondUnit.utf8)
    }

    /// Appends the time of day in UTC: `10:11:12`, with `fractionDigits` digits of the second.
    mutating func appendTimeOfDay(_ time: Timestamp, fractionDigits: Int) {
        // RFC 3339 text is a date of ten characters, a T, the time, and a Z.
        let start = count
        time.append(to: &self, fractionDigits: fractionDigits)
        removeLast()
        removeSubrange(start..<start + 11)
    }

    /// Appends spaces until there are `width` bytes since `start`.
    mutating func pad(from start: Int, to width: Int) {
        while count - start < width { append(UInt8(ascii: " ")) }
    }
}
