import FlowModel
import Reports
import Testing

@testable import Screen

/// What is seen, held by golden files.
struct ScreenGoldenTests {
    private let village = Village()

    static let sizes = [(80, 24), (120, 40), (300, 60)]

    @Test(arguments: sizes) func theListIsDrawnAsTheGoldenFileHasIt(columns: Int, rows: Int) throws {
        let state = try village.screen(columns, rows)
        try expectGolden(Array(state.text().utf8), "list-\(columns)x\(rows).txt")
    }

    @Test(arguments: sizes) func groupsAreDrawnAsTheGoldenFileHasThem(columns: Int, rows: Int) throws {
        let state = try village.screen(columns, rows, by: "src,dport")
        try expectGolden(Array(state.text().utf8), "groups-\(columns)x\(rows).txt")
    }

    @Test(arguments: sizes) func theDetailsOfASessionAreDrawnAsTheGoldenFileHasThem(columns: Int, rows: Int) throws {
        var state = try village.screen(columns, rows)
        try village.press(.down, .enter, on: &state)
        try expectGolden(Array(state.text().utf8), "session-\(columns)x\(rows).txt")
    }

    @Test(arguments: ["denials": "verdict = drop", "offloaded": "family = ipv6", "ping": "proto = icmp"])
    func theDetailsOfEveryKindOfSessionAreDrawnAsTheGoldenFileHasThem(name: String, filter: String) throws {
        var state = try village.screen(100, 30, filter: filter)
        try village.press(.enter, on: &state)
        try expectGolden(Array(state.text().utf8), "session-\(name).txt")
    }

    @Test func theHelpIsDrawnAsTheGoldenFileHasIt() throws {
        var state = try village.screen()
        try village.press(.character("?"), on: &state)
        try expectGolden(Array(state.text().utf8), "help.txt")
    }

    @Test func aFilterThatCannotBeReadIsDrawnAsTheGoldenFileHasIt() throws {
        var state = try village.screen()
        try village.press(.character("/"), on: &state)
        try village.write("dport = 443 and bytse > 10M", on: &state)
        try expectGolden(Array(state.text().utf8), "filter-error.txt")
    }

    @Test func aSelectionAndAFrozenRowAreDrawnAsTheGoldenFileHasThem() throws {
        var state = try village.screen()
        try village.press(.down, .down, .down, .character("f"), .down, .character("p"), on: &state)
        try expectGolden(Array(state.text().utf8), "frozen.txt")
    }

    @Test func lossesAndNotesAreDrawnAsTheGoldenFileHasThem() throws {
        var village = village
        village.summary.lostCounts.conntrack = 431
        village.summary.lossSpans = [.conntrack: LossSpan(at: Village.now)]
        village.summary.evictedCount = 7
        village.notes = ["accounting is off: sysctl -w net.netfilter.nf_conntrack_acct=1"]
        let state = try village.screen()
        try expectGolden(Array(state.text().utf8), "incomplete.txt")
    }

    /// What the terminal gets, with its escape sequences in sight.
    @Test(arguments: [true, false], [true, false])
    func whatTheTerminalGetsIsAsTheGoldenFileHasIt(hasColour: Bool, hasUTF8: Bool) throws {
        let capabilities = ScreenCapabilities(hasColour: hasColour, hasUTF8: hasUTF8)
        var state = try village.screen(filter: "rule = lan* or verdict = drop")
        try village.press(.down, on: &state)
        var painter = ScreenPainter(capabilities)
        var bytes: [UInt8] = []
        painter.paint(state.frame(capabilities), columns: 80, into: &bytes)
        #expect(hasUTF8 || bytes.allSatisfy { $0 < 0x80 })
        let text = String(decoding: bytes, as: UTF8.self).replacing("\u{1b}[", with: "\n^[")
        #expect(!text.contains("\u{1b}"))
        try expectGolden(
            Array(text.utf8), "bytes-\(hasColour ? "colour" : "plain")-\(hasUTF8 ? "utf8" : "ascii").txt")
    }
}
