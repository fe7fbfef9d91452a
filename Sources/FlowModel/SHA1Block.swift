/// The SHA-1 digest (FIPS 180-4) of a message of at most thirteen 32-bit words: what fits one block.
///
/// It is here for the ``CommunityID``, which is defined by it. It is no protection against anybody: SHA-1 is broken.
struct SHA1Block {
    private var words = InlineArray<80, UInt32>(repeating: 0)
    private var count = 0

    /// The digest's five words, the first byte in the highest place of the first.
    typealias Digest = (UInt32, UInt32, UInt32, UInt32, UInt32)

    /// Appends four bytes to the message, the first in the highest place.
    mutating func append(_ word: UInt32) {
        precondition(count < 13, "the message is too long for one block")
        words[count] = word
        count &+= 1
    }

    /// The message's digest. Ask once: the block is used up then.
    mutating func digest() -> Digest {
        words[count] = 0x8000_0000
        words[15] = UInt32(truncatingIfNeeded: count &* 32)
        let initial: Digest = (0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0)
        var state = initial
        rounds(from: 0, adding: 0x5a82_7999, to: &state) { b, c, d in d ^ (b & (c ^ d)) }
        rounds(from: 20, adding: 0x6ed9_eba1, to: &state) { b, c, d in b ^ c ^ d }
        rounds(from: 40, adding: 0x8f1b_bcdc, to: &state) { b, c, d in (b & c) &+ (d & (b ^ c)) }
        rounds(from: 60, adding: 0xca62_c1d6, to: &state) { b, c, d in b ^ c ^ d }
        return (
            state.0 &+ initial.0, state.1 &+ initial.1, state.2 &+ initial.2, state.3 &+ initial.3,
            state.4 &+ initial.4
        )
    }

    /// Twenty rounds, in fives: after five each variable is in its place again, so that the unrolled loop moves none.
    @inline(__always)
    private mutating func rounds(
        from first: Int, adding constant: UInt32, to state: inout Digest,
        mixing mix: (UInt32, UInt32, UInt32) -> UInt32
    ) {
        for five in stride(from: first, to: first &+ 20, by: 5) {
            for index in five..<five &+ 5 {
                let (a, b, c, d, e) = state
                let next = Self.rotate(a, 5) &+ (mix(b, c, d) &+ (word(index) &+ constant &+ e))
                state = (next, a, Self.rotate(b, 30), c, d)
            }
        }
    }

    /// A word of the message's expansion, made when its round comes: the processor has time beside the rounds.
    @inline(__always)
    private mutating func word(_ index: Int) -> UInt32 {
        if index >= 16 {
            words[index] = Self.rotate(
                words[index &- 3] ^ words[index &- 8] ^ words[index &- 14] ^ words[index &- 16], 1)
        }
        return words[index]
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word &<< count | word &>> (32 &- count) }
}
