/// Lengths of time as people write them: `500ms`, `10s`, `15m`, `2h`, `1d`, `1h30m`.
public enum DurationText {
    /// The nanoseconds that a text means, more than 0 and less than 10^18; `nil` where it means none.
    ///
    /// - Parameter unit: what a number without a unit is in, as a suffix; `nil` refuses it.
    public static func nanoseconds(in text: some StringProtocol, unit: String?) -> UInt64? {
        var total: UInt64 = 0
        var rest = Substring(text)
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let suffix = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(suffix.count)
            guard let number = Double(digits), number >= 0,
                let scale = suffix.isEmpty ? unit.flatMap({ scale(of: $0) }) : scale(of: suffix), number * scale < 1e18
            else { return nil }
            total += UInt64(number * scale)
            guard total < 1_000_000_000_000_000_000 else { return nil }
        }
        return total > 0 ? total : nil
    }

    /// The text of a length of time, which ``nanoseconds(in:unit:)`` reads: `90s`, `10m`, `1h`; exact.
    public static func text(nanoseconds: UInt64) -> String {
        let units: [(name: String, length: UInt64)] = [
            ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
            ("ms", 1_000_000), ("us", 1000), ("ns", 1),
        ]
        var rest = nanoseconds
        var text = ""
        for unit in units where rest >= unit.length {
            text += "\(rest / unit.length)\(unit.name)"
            rest %= unit.length
        }
        return text.isEmpty ? "0" : text
    }

    private static func scale(of unit: some StringProtocol) -> Double? {
        switch unit {
        case "ns": 1
        case "us": 1e3
        case "ms": 1e6
        case "s": 1e9
        case "m": 60e9
        case "h": 3600e9
        case "d": 86_400e9
        default: nil
        }
    }
}
