import Testing

@testable import FlowModel

struct SHA1BlockTests {
    /// The empty message and one of four bytes are from NIST's SHA1ShortMsg vectors; the others, of the lengths that tuples
    /// have and of the longest that fits, are what sha1sum says.
    @Test(
        arguments: [
            ([], "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ([0x549e_959e], "b78bae6d14338ffccfd5d5b5674a275f6ef9c717"),
            ([0x6162_6364, 0x6566_6768, 0x696a_6b6c], "eb4608cebfcfd4df81410cbd06507ea6af978d9c"),
            (Array(repeating: 0x6162_6364, count: 4), "4e3cf7f93b767594274d2e25fb9fca26e5c17af9"),
            (Array(repeating: 0x6162_6364, count: 10), "df0b35ca25c9a9f5412f351af9cacec57c4c4d02"),
            (Array(repeating: 0xffff_ffff, count: 13), "2f086ceb5b9e7c9da819ac249eee8d5084ca9ee7"),
        ] as [([UInt32], String)])
    func theDigestIsThePublishedOne(message: [UInt32], digest: String) {
        var block = SHA1Block()
        for word in message { block.append(word) }
        let words = block.digest()
        var text: [UInt8] = []
        for word in [words.0, words.1, words.2, words.3, words.4] {
            text.appendHexadecimal(UInt64(word), width: 8)
        }
        #expect(String(decoding: text, as: UTF8.self) == digest)
    }
}
