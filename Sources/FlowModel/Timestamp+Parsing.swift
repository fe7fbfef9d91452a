extension Timestamp {
    /// The moments that a text means: RFC 3339 (`2026-01-05T10:11:12Z`, with an offset, with fractions), a day in UTC
    /// (`2026-01-05`), or seconds since 1970 (`1767607872`, `1767607872.25`).
    ///
    /// - Returns: from the first to the last nanosecond that it may mean, as a text without fractions means a whole second; `nil`
    ///   where it is no time. A number of fewer than nine digits is none: it is more likely a length of time without its unit.
    public static func parse(_ text: some StringProtocol) -> ClosedRange<Timestamp>? {
        let bytes = Array(text.utf8)
        return bytes.contains(UInt8(ascii: "-")) ? parseDate(bytes) : parseEpoch(bytes)
    }

    private static func parseEpoch(_ bytes: [UInt8]) -> ClosedRange<Timestamp>? {
        var reader = DigitReader(bytes)
        guard let seconds = reader.number(digits: 9...10), let fraction = reader.fraction(), reader.isAtEnd else {
            return nil
        }
        return moment(seconds, fraction)
    }

    private static func parseDate(_ bytes: [UInt8]) -> ClosedRange<Timestamp>? {
        var reader = DigitReader(bytes)
        guard let year = reader.number(digits: 4...4), year >= 1970, year < 2262, reader.take("-"),
            let month = reader.number(digits: 2...2), reader.take("-"), let day = reader.number(digits: 2...2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        let midnight = date.daysSince1970 * 86_400
        if reader.isAtEnd {
            let first = Timestamp(seconds: midnight, nanoseconds: 0)
            return first...Timestamp(nanoseconds: first.nanoseconds + 86_399_999_999_999)
        }
        guard reader.take("T") || reader.take("t"), let hour = reader.number(digits: 2...2), hour < 24,
            reader.take(":"), let minute = reader.number(digits: 2...2), minute < 60, reader.take(":"),
            // A leap second is counted as the one before it.
            let second = reader.number(digits: 2...2), second <= 60, let fraction = reader.fraction(),
            let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        return moment(midnight + hour * 3600 + minute * 60 + min(second, 59) - offset, fraction)
    }

    private static func moment(
        _ seconds: Int64, _ fraction: (nanoseconds: Int64, width: Int64)
    ) -> ClosedRange<Timestamp>? {
        guard (0..<9_000_000_000).contains(seconds) else { return nil }
        let first = Timestamp(seconds: seconds, nanoseconds: fraction.nanoseconds)
        return first...Timestamp(nanoseconds: first.nanoseconds + fraction.width - 1)
    }
}

/// Reads the parts of a time from its text.
private struct DigitReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func digit() -> Int64? {
        guard place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) else { return nil }
        place += 1
        return Int64(bytes[place - 1] - UInt8(ascii: "0"))
    }

    mutating func number(digits: ClosedRange<Int>) -> Int64? {
        var (number, count) = (0 as Int64, 0)
        while count < digits.upperBound, let digit = digit() {
            number = number * 10 + digit
            count += 1
        }
        return digits.contains(count) ? number : nil
    }

    /// The part of a second behind a point, and how many nanoseconds its last digit stands for; a whole second without a point.
    mutating func fraction() -> (nanoseconds: Int64, width: Int64)? {
        guard take(".") else { return (0, 1_000_000_000) }
        var (nanoseconds, width) = (0 as Int64, 1_000_000_000 as Int64)
        while let digit = digit() {
            guard width > 1 else { return nil }
            width /= 10
            nanoseconds += digit * width
        }
        return width < 1_000_000_000 ? (nanoseconds, width) : nil
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64 = take("-") ? -1 : 1
        guard sign < 0 || take("+"), let hours = number(digits: 2...2), hours < 24, take(":"),
            let minutes = number(digits: 2...2), minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
