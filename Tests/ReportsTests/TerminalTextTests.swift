import Testing

@testable import Reports

struct TerminalTextTests {
    @Test(arguments: [
        ("lan-out", "lan-out"), ("a\u{1b}b", #"a\x1bb"#), ("\u{7f}", #"\x7f"#), ("\u{9b}", #"\u{9b}"#),
        ("\u{202e}", #"\u{202e}"#), ("\u{2069}", #"\u{2069}"#), ("\u{200b}", #"\u{200b}"#), (#"a\b"#, #"a\\b"#),
        ("\u{e0041}", #"\u{e0041}"#), ("é日", "é日"),
    ])
    func whateverSteersOrHidesIsShownAsAnEscape(text: String, shown: String) {
        #expect(escaped(Array(text.utf8)) == shown)
    }

    @Test func bytesThatAreNoCharacterAreShownOneByOne() {
        #expect(escaped([0xff, 0x61, 0xe2, 0x82]) == #"\xffa\xe2\x82"#)
        #expect(escaped([0xed, 0xa0, 0x80]) == #"\xed\xa0\x80"#)
        #expect(escaped([0xc0, 0x80]) == #"\xc0\x80"#)
        #expect(escaped([0xf4, 0x90, 0x80, 0x80]) == #"\xf4\x90\x80\x80"#)
    }

    @Test func theReaderAgreesWithTheStandardLibraryOnWhatIsUTF8() {
        var generator = SystemRandomNumberGenerator()
        let interesting: [UInt8] = [
            0x61, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5,
        ]
        for _ in 0..<20_000 {
            let bytes = (0..<5).map { _ in interesting.randomElement(using: &generator) ?? 0 }
            var decoded = ""
            var offset = 0
            while offset < bytes.count {
                switch ScalarReader.step(in: bytes, at: offset) {
                case .scalar(let scalar, let length):
                    decoded.unicodeScalars.append(scalar)
                    offset += length
                case .malformed(let length):
                    decoded.unicodeScalars.append("\u{fffd}")
                    offset += length
                }
            }
            #expect(decoded.unicodeScalars.elementsEqual(String(decoding: bytes, as: UTF8.self).unicodeScalars))
        }
    }

    @Test(arguments: [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("", 0), (#"\x1b"#, 4)])
    func widthIsWhatATerminalGives(text: String, width: Int) {
        #expect(TerminalText.width(of: Array(text.utf8)) == width)
    }

    private func escaped(_ text: [UInt8]) -> String {
        var buffer: [UInt8] = []
        TerminalText.append(text, to: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }
}
