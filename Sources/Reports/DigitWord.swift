/// Digits computed eight at a time within a word, the first in the lowest byte.
enum DigitWord {
    /// The eight decimal digits of a number below 100,000,000, as numbers and not as ASCII.
    ///
    /// Splits into two fours, four pairs and eight digits, each step for all lanes at once; the multiplications are
    /// divisions by 100 and by 10 that are exact for the lanes' ranges.
    @inline(__always)
    static func decimal(_ value: UInt64) -> UInt64 {
        let fours = value / 10_000 | (value % 10_000) << 32
        let hundreds = (fours &* 10_486) >> 20 & 0x0000_007f_0000_007f
        let pairs = hundreds | (fours &- hundreds &* 100) << 16
        let tens = (pairs &* 103) >> 10 & 0x000f_000f_000f_000f
        return tens | (pairs &- tens &* 10) << 8
    }

    /// Eight digits of a decimal number in ASCII.
    @inline(__always)
    static func ascii(_ value: UInt64) -> UInt64 { decimal(value) | zeros }

    /// `00000000`.
    static var zeros: UInt64 { 0x3030_3030_3030_3030 }

    /// The eight hexadecimal digits of a number in ASCII, in lower case.
    @inline(__always)
    static func hexadecimal(_ value: UInt32) -> UInt64 {
        var lanes = UInt64(value.byteSwapped)
        lanes = (lanes | lanes << 16) & 0x0000_ffff_0000_ffff
        lanes = (lanes | lanes << 8) & 0x00ff_00ff_00ff_00ff
        let nibbles = (lanes >> 4 | lanes << 8) & 0x0f0f_0f0f_0f0f_0f0f
        // Six more than a digit above nine reaches the next nibble; such digits skip from '9' to 'a'.
        let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return nibbles &+ zeros &+ letters &* 39
    }
}
