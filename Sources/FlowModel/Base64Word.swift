/// Base64 (RFC 4648 section 4) computed eight characters at a time within a word, the first in the lowest byte.
enum Base64Word {
    /// The eight characters of six bytes, the first of which is the highest of `bytes`' lower 48 bits.
    @inline(__always)
    static func ascii(_ bytes: UInt64) -> UInt64 {
        // Into halves, quarters and eighths of six bits, each step for all lanes at once.
        let halves = (bytes & 0xffff_ff00_0000) << 8 | bytes & 0xff_ffff
        let quarters = (halves & 0x00ff_f000_00ff_f000) << 4 | halves & 0x0000_0fff_0000_0fff
        let eighths = (quarters & 0x0fc0_0fc0_0fc0_0fc0) << 2 | quarters & 0x003f_003f_003f_003f
        let values = eighths.byteSwapped
        // `A` to `Z`; at 26 comes `a`, at 52 `0`, at 62 `+` and at 63 `/`.
        let letters = values &+ 65 &* ones &+ 6 &* reached(26, in: values)
        return letters &- 75 &* reached(52, in: values) &- 15 &* reached(62, in: values) &+ 3 &* reached(63, in: values)
    }

    /// A one in each byte of which the value, below 64, is at least `threshold`.
    @inline(__always)
    private static func reached(_ threshold: UInt64, in values: UInt64) -> UInt64 {
        (values &+ (128 &- threshold) &* ones) >> 7 & ones
    }

    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
}
