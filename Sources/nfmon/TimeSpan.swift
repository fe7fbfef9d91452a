import ArgumentParser

/// A length of time as an option: `500ms`, `10s`, `15m`, `2h`, `1d`, `1h30m`; a bare number is seconds.
struct TimeSpan {
    var nanoseconds: UInt64

    init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// - Throws: where the text is no such length, with what would be one.
    init(parsing argument: String) throws {
        guard let nanoseconds = Self.nanoseconds(in: argument) else {
            throw ValidationError(
                """
                give numbers with the units ms, s, m, h or d, such as 500ms, 90s, 15m or 1h30m (without a unit: seconds), \
                more than 0 and at most 11574d.
                """)
        }
        self.nanoseconds = nanoseconds
    }

    private static func nanoseconds(in argument: String) -> UInt64? {
        var total: UInt64 = 0
        var rest = argument[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), number >= 0, let scale = scale(of: unit), number * scale < 1e18 else {
                return nil
            }
            total += UInt64(number * scale)
            guard total < 1_000_000_000_000_000_000 else { return nil }
        }
        return total > 0 ? total : nil
    }

    private static func scale(of unit: Substring) -> Double? {
        switch unit {
        case "ms": 1e6
        case "", "s": 1e9
        case "m": 60e9
        case "h": 3600e9
        case "d": 86_400e9
        default: nil
        }
    }
}
