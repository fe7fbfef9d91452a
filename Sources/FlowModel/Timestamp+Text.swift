extension Timestamp {
    /// Appends the time as RFC 3339 in UTC with `fractionDigits` (0 to 9) digits of the second, cut and not rounded.
    ///
    /// A time before 1970 is written as 1970's first moment: only a broken clock or recording tells one.
    public func append(to text: inout [UInt8], fractionDigits: Int = 6) {
        let (seconds, fraction) = max(nanoseconds, 0).quotientAndRemainder(dividingBy: 1_000_000_000)
        let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let date = CivilDate(daysSince1970: days)
        text.appendDecimal(UInt64(date.year), width: 4)
        text.append(UInt8(ascii: "-"))
        text.appendDecimal(UInt64(date.month), width: 2)
        text.append(UInt8(ascii: "-"))
        text.appendDecimal(UInt64(date.day), width: 2)
        text.append(UInt8(ascii: "T"))
        text.appendDecimal(UInt64(second / 3600), width: 2)
        text.append(UInt8(ascii: ":"))
        text.appendDecimal(UInt64(second / 60 % 60), width: 2)
        text.append(UInt8(ascii: ":"))
        text.appendDecimal(UInt64(second % 60), width: 2)
        if fractionDigits > 0 {
            text.append(UInt8(ascii: "."))
            var scaled = UInt64(fraction)
            for _ in fractionDigits..<9 { scaled /= 10 }
            text.appendDecimal(scaled, width: fractionDigits)
        }
        text.append(UInt8(ascii: "Z"))
    }

    /// The time as RFC 3339 text, for messages.
    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}

/// A day of the proleptic Gregorian calendar.
struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    /// - Parameter days: days since 1970-01-01, not negative.
    ///
    /// Counts in eras of 400 years from the first of March, so that the leap day is the last of its year.
    init(daysSince1970 days: Int64) {
        let shifted = days + 719_468  // days from 0000-03-01 to 1970-01-01
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// A day that there is; `nil` for any other.
    init?(year: Int64, month: Int64, day: Int64) {
        guard (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        guard day <= (month == 2 ? isLeap ? 29 : 28 : [4, 6, 9, 11].contains(month) ? 30 : 31) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// Days since 1970-01-01, of a day from then on: ``init(daysSince1970:)`` the other way round.
    var daysSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let leapDays = shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
        return shiftedYear * 365 + leapDays + dayOfYear - 719_468
    }
}
