import FlowModel
import Query

extension JSONText {
    /// Appends a number in decimal.
    @inline(__always)
    mutating func append(decimal value: UInt64) {
        if value < 10 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
        } else if value < 100_000_000 {
            append(shortDecimal: value)
        } else {
            append(longDecimal: value)
        }
    }

    /// - Parameter value: not 0, which would have no digits.
    @inline(__always)
    private mutating func append(shortDecimal value: UInt64) {
        let digits = DigitWord.decimal(value)
        let leading = digits.trailingZeroBitCount & ~7
        append((digits | DigitWord.zeros) >> UInt64(leading), length: 8 &- leading / 8)
    }

    private mutating func append(longDecimal value: UInt64) {
        let (upper, lower) = value.quotientAndRemainder(dividingBy: 100_000_000)
        append(decimal: upper)
        append(DigitWord.ascii(lower), length: 8)
    }

    /// Appends a number as 16 hexadecimal digits.
    mutating func append(hexadecimal value: UInt64) {
        append(DigitWord.hexadecimal(UInt32(truncatingIfNeeded: value >> 32)), length: 8)
        append(DigitWord.hexadecimal(UInt32(truncatingIfNeeded: value)), length: 8)
    }

    /// Appends a time as RFC 3339 with microseconds, as ``Timestamp/append(to:fractionDigits:)`` does.
    mutating func append(_ time: Timestamp) {
        let (seconds, fraction) = UInt64(max(time.nanoseconds, 0)).quotientAndRemainder(dividingBy: 1_000_000_000)
        let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
        day.turn(to: Int64(days))
        append(day.text)
        let hour = second / 3600
        let minute = second / 60 % 60
        // HH0MM0SS with colons for the middle zeros, which are ten places before them in ASCII.
        let clock = DigitWord.ascii(hour * 1_000_000 + minute * 1000 + second % 60)
        append(clock &+ 0x0000_0a00_000a_0000, length: 8)
        // 0ffffff0 with a point, two places before the zero, and a Z, 42 places behind it.
        let microseconds = DigitWord.ascii(fraction / 1000 * 10)
        append(microseconds &- 2 &+ 0x2a00_0000_0000_0000, length: 8)
    }

    /// Appends an address, without quotes.
    mutating func append(_ address: IPAddress, family: AddressFamily) {
        switch family {
        case .ipv4: append(ipv4: address.ipv4Bits)
        case .ipv6: append(ipv6: address)
        }
    }

    private mutating func append(ipv4 bits: UInt32) {
        append(octet: bits >> 24)
        append(octet: bits >> 16 & 0xff)
        append(octet: bits >> 8 & 0xff)
        append(octet: bits & 0xff)
        dropLast()
    }

    /// Appends a number below 256 and a point.
    @inline(__always)
    private mutating func append(octet: UInt32) {
        let entry = words.octets[Int(octet)]
        append(entry, length: Int(entry >> 56))
    }

    /// In the form of RFC 5952, as ``IPAddress/append(to:family:)`` has it.
    private mutating func append(ipv6 address: IPAddress) {
        if address.isIPv4Mapped {
            append(words.mappedPrefix)
            append(ipv4: address.ipv4Bits)
            return
        }
        let zeros = address.longestZeroRun
        var index = 0
        while index < 8 {
            if index == zeros.lowerBound, !zeros.isEmpty {
                append(UInt8(ascii: ":"))
                if zeros.lowerBound == 0 { append(UInt8(ascii: ":")) }
                index = zeros.upperBound
            } else {
                append(group: address.group(index))
                index += 1
                if index < 8 { append(UInt8(ascii: ":")) }
            }
        }
    }

    /// Appends a number in hexadecimal without leading zeros.
    @inline(__always)
    private mutating func append(group: UInt16) {
        let digitCount = max(1, (19 - group.leadingZeroBitCount) / 4)
        append(DigitWord.hexadecimal(UInt32(group)) >> UInt64(64 - 8 * digitCount), length: digitCount)
    }
}
