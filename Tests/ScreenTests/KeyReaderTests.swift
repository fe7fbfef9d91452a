import Testing

@testable import Screen

struct KeyReaderTests {
    static let sequences: [(bytes: String, key: Key)] = [
        ("a", .character("a")), ("/", .character("/")), ("é", .character("é")), ("日", .character("日")),
        ("😀", .character("😀")), ("\r", .enter), ("\n", .enter), ("\t", .tab), ("\u{7f}", .backspace),
        ("\u{8}", .backspace),
        ("\u{3}", .control("c")), ("\u{1a}", .control("z")), ("\u{c}", .control("l")), ("\u{1b}[A", .up),
        ("\u{1b}[B", .down), ("\u{1b}[C", .right), ("\u{1b}[D", .left), ("\u{1b}OA", .up), ("\u{1b}OH", .home),
        ("\u{1b}[1;5B", .down), ("\u{1b}[H", .home), ("\u{1b}[4~", .end), ("\u{1b}[F", .end), ("\u{1b}[5~", .pageUp),
        ("\u{1b}[6~", .pageDown), ("\u{1b}[3~", .delete), ("\u{1b}[Z", .backTab),
        ("\u{1b}[200~dport = 443\u{1b}[201~", .paste("dport = 443")), ("\u{1b}[200~\u{1b}[201~", .paste("")),
    ]

    @Test(arguments: sequences) func aKeyIsReadWhereverItsBytesAreParted(bytes: String, key: Key) {
        let bytes = Array(bytes.utf8)
        for split in 0...bytes.count {
            var reader = KeyReader()
            let keys = reader.read(bytes[..<split]) + reader.read(bytes[split...])
            #expect(keys == [key], "parted after \(split)")
            let rest = reader.flush()
            #expect(rest.isEmpty)
        }
        var reader = KeyReader()
        let keys = bytes.flatMap { reader.read([$0]) }
        #expect(keys == [key])
    }

    @Test func severalKeysAtOnceAreAllRead() {
        var reader = KeyReader()
        let keys = reader.read("jj\u{1b}[A/\r".utf8)
        #expect(keys == [.character("j"), .character("j"), .up, .character("/"), .enter])
    }

    @Test func aLoneEscapeIsAKeyOnceNothingFollows() {
        var reader = KeyReader()
        let begun = reader.read([0x1b])
        #expect(begun.isEmpty && reader.isWaiting)
        let flushed = reader.flush()
        #expect(flushed == [.escape] && !reader.isWaiting)
        let both = reader.read("\u{1b}q".utf8)
        #expect(both == [.escape, .character("q")])
    }

    @Test func sequencesThatMeanNothingArePassedOver() {
        for junk in ["\u{1b}[99~", "\u{1b}[?1;2c", "\u{1b}OX", "\u{0}", "\u{1b}[<0;10;10M"] {
            var reader = KeyReader()
            let keys = reader.read(junk.utf8) + reader.read("q".utf8)
            #expect(keys.last == .character("q"), "\(junk.debugDescription)")
            #expect(!keys.contains(.escape))
        }
        var reader = KeyReader()
        let keys = reader.read([0xff, 0xc3, 0x28, 0xf5])
        #expect(keys == [.character("(")])
    }

    @Test func noBytesDoHarmAndNoneAreKeptWithoutEnd() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var reader = KeyReader()
            for _ in 0..<4 {
                _ = reader.read(
                    (0..<Int.random(in: 0...40)).map { _ in
                        [0x1b, 0x5b, 0x7e, UInt8.random(in: 0...255, using: &generator)].randomElement() ?? 0
                    })
            }
            _ = reader.flush()
        }
        var reader = KeyReader()
        let endless = reader.read([0x1b, 0x5b] + [UInt8](repeating: 0x30, count: 1000))
        let after = reader.read("q".utf8)
        #expect(endless.isEmpty && after == [.character("q")])
        _ = reader.read("\u{1b}[200~".utf8)
        for _ in 0..<100 { _ = reader.read([UInt8](repeating: 0x61, count: 1000)) }
        let pasted = reader.read("\u{1b}[201~".utf8)
        #expect(pasted == [.paste(String(repeating: "a", count: 4096))])
    }

    @Test func aPasteThatNeverEndsIsGivenUpByControlC() {
        var reader = KeyReader()
        let none = reader.read("\u{1b}[200~src = 10".utf8)
        let given = reader.read("more\u{3}q".utf8)
        #expect(none.isEmpty)
        #expect(given == [.control("c"), .character("q")])
    }
}

struct LineEditorTests {
    private func text(_ keys: Key..., of start: String = "dport = 443") -> String {
        var editor = LineEditor(start)
        for key in keys { _ = editor.take(key) }
        return editor.text
    }

    @Test func aLineIsWrittenAndMended() {
        #expect(text(.backspace, .backspace, .character("0")) == "dport = 40")
        #expect(text(.home, .delete, .character("s")) == "sport = 443")
        #expect(text(.control("a"), .control("k"), .paste("  src = 10.0.0.7\n")) == "src = 10.0.0.7")
        #expect(text(.control("w"), .character("8"), .character("0")) == "dport = 80")
        #expect(text(.left, .left, .control("u")) == "43")
        #expect(text(.left, .right, .right, .end, .character("3")) == "dport = 4433")
        #expect(text(.backspace, .delete, of: "") == "")
    }

    @Test func aCombiningMarkJoinsItsCharacter() {
        var editor = LineEditor("e")
        _ = editor.take(.character("\u{301}"))
        #expect(editor.cursor == 1)
        _ = editor.take(.backspace)
        #expect(editor.text.isEmpty)
    }

    @Test func aMarkBehindTheCursorJoinsWhatIsWrittenBeforeIt() {
        var editor = LineEditor("\u{301}")
        for key: Key in [.home, .character("e"), .end] { _ = editor.take(key) }
        #expect(editor.cursor == 1)
        #expect(editor.text == "e\u{301}")
    }

    @Test func aLineHasAnEnd() {
        var editor = LineEditor()
        _ = editor.take(.paste(String(repeating: "a", count: 5000)))
        #expect(editor.text.isEmpty)
        for _ in 0..<2000 { _ = editor.take(.character("a")) }
        #expect(editor.text.count == LineEditor.limit)
    }
}
