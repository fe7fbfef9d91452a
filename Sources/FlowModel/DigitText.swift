// Numbers as ASCII, appended to a buffer that is reused: the outputs write millions of them and must not allocate.

extension [UInt8] {
    /// Appends `value` in decimal.
    @inlinable
    public mutating func appendDecimal(_ value: UInt64) {
        if value < 10 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
            return
        }
        let start = count
        var rest = value
        while rest > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        reverseTail(from: start)
    }

    /// Appends `value` in decimal, with zeros in front up to `width` digits.
    @inlinable
    public mutating func appendDecimal(_ value: UInt64, width: Int) {
        let start = count
        var rest = value
        for _ in 0..<width {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        reverseTail(from: start)
    }

    /// Appends `value` in lower-case hexadecimal, without leading zeros.
    @inlinable
    public mutating func appendHexadecimal(_ value: UInt64, width: Int = 1) {
        let digits = Swift.max(width, (67 - value.leadingZeroBitCount) / 4)
        for index in stride(from: digits - 1, through: 0, by: -1) {
            let nibble = UInt8(truncatingIfNeeded: value >> UInt64(4 * index) & 0xf)
            append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
        }
    }

    @inlinable
    mutating func reverseTail(from start: Int) {
        var low = start
        var high = count - 1
        while low < high {
            swapAt(low, high)
            low += 1
            high -= 1
        }
    }
}
