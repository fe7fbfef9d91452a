import ArgumentParser

/// A length of time as an option: `500ms`, `10s`, `15m`, `2h`, `1d`, `1h30m`; a bare number is seconds.
struct TimeSpan: ExpressibleByArgument {
    var nanoseconds: UInt64

    init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    init?(argument: String) {
        var total: UInt64 = 0
        var rest = argument[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), number >= 0, let scale = Self.scale(of: unit),
                number * scale < 1e18
            else { return nil }
            total += UInt64(number * scale)
            guard total < 1_000_000_000_000_000_000 else { return nil }
        }
        guard total > 0 else { return nil }
        nanoseconds = total
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

    var defaultValueDescription: String { "\(nanoseconds / 1_000_000_000)s" }
}
