import FlowModel
import Testing

@testable import Screen

struct ScreenPainterTests {
    private let village = Village()

    /// A terminal that knows what the painter writes, and nothing else.
    private struct Glass {
        var rows: [[Character]]
        private var row = 0
        private var column = 0

        init(_ columns: Int, _ rows: Int) {
            self.rows = [[Character]](repeating: [Character](repeating: " ", count: columns), count: rows)
        }

        mutating func take(_ bytes: [UInt8]) {
            var rest = Substring(String(decoding: bytes, as: UTF8.self))
            while let character = rest.first {
                rest.removeFirst()
                guard character == "\u{1b}" else {
                    rows[row][column] = character
                    column += 1
                    continue
                }
                rest.removeFirst()  // [
                let parameters = rest.prefix { "?;0123456789".contains($0) }
                rest.removeFirst(parameters.count)
                let numbers = parameters.split(separator: ";").compactMap { Int($0) }
                switch rest.removeFirst() {
                case "H": (row, column) = (numbers[0] - 1, numbers[1] - 1)
                case "K": for place in column..<rows[row].count { rows[row][place] = " " }
                case "J": for place in rows.indices { rows[place] = rows[place].map { _ in " " } }
                default: break
                }
            }
        }

        var text: String {
            rows.map { line in
                var line = String(line)
                while line.last == " " { line.removeLast() }
                return line + "\n"
            }.joined()
        }
    }

    @Test func theTerminalShowsTheFrameWhateverItShowedBefore() throws {
        var state = try village.screen()
        var painter = ScreenPainter(Village.modern)
        var glass = Glass(80, 24)
        let keys: [Key] = [
            .down, .down, .character("f"), .enter, .escape, .character("?"), .escape, .character("/"), .character("x"),
            .enter, .escape,
            .character("u"), .end, .home, .character("B"),
        ]
        for key in keys {
            try village.press(key, on: &state)
            let frame = state.frame(Village.modern)
            var bytes: [UInt8] = []
            painter.paint(frame, columns: 80, into: &bytes)
            glass.take(bytes)
            let wanted = frame.lines.map { line in
                var text = line.text
                while text.last == " " { text.removeLast() }
                return text + "\n"
            }.joined()
            #expect(glass.text == wanted, "after \(key)")
        }
    }

    @Test func whatHasNotChangedIsNotWrittenAgain() throws {
        var state = try village.screen()
        var painter = ScreenPainter(Village.modern)
        var first: [UInt8] = []
        painter.paint(state.frame(Village.modern), columns: 80, into: &first)
        var again: [UInt8] = []
        painter.paint(state.frame(Village.modern), columns: 80, into: &again)
        #expect(again.isEmpty)
        try village.press(.down, on: &state)
        painter.paint(state.frame(Village.modern), columns: 80, into: &again)
        #expect(again.count < first.count / 5 && !again.isEmpty)
        painter.forget()
        var whole: [UInt8] = []
        painter.paint(state.frame(Village.modern), columns: 80, into: &whole)
        #expect(whole.count >= first.count)
    }
}

struct ScreenCapabilitiesTests {
    private func capabilities(_ variables: [String: String]) throws -> ScreenCapabilities {
        try ScreenCapabilities { variables[$0] }
    }

    @Test func colourIsLeftOutWhereItIsNotWanted() throws {
        #expect(try capabilities(["TERM": "xterm-256color"]).hasColour)
        #expect(try capabilities(["TERM": "xterm", "NO_COLOR": ""]).hasColour)
        #expect(try !capabilities(["TERM": "xterm", "NO_COLOR": "1"]).hasColour)
        #expect(try !capabilities(["TERM": "vt100"]).hasColour)
        #expect(try !capabilities(["TERM": "xterm-mono"]).hasColour)
    }

    @Test func theLocaleTellsWhetherTheTerminalReadsUTF8() throws {
        #expect(try capabilities(["TERM": "xterm", "LANG": "de_DE.UTF-8"]).hasUTF8)
        #expect(try capabilities(["TERM": "xterm", "LC_CTYPE": "C.utf8", "LANG": "C"]).hasUTF8)
        #expect(try !capabilities(["TERM": "xterm", "LC_ALL": "C", "LANG": "de_DE.UTF-8"]).hasUTF8)
        #expect(try !capabilities(["TERM": "xterm"]).hasUTF8)
        #expect(try capabilities(["TERM": "xterm", "LC_ALL": "", "LANG": "de_DE.UTF-8@euro"]).hasUTF8)
    }

    @Test(arguments: ["dumb", "", "unknown"]) func aTerminalThatPlacesNoTextIsRefused(kind: String) {
        #expect(throws: ScreenFault.self) { try capabilities(["TERM": kind]) }
        #expect(throws: ScreenFault.self) { try capabilities([:]) }
    }
}

struct RateHistoryTests {
    @Test func aMinuteIsKeptAndTheLastStepIsNow() {
        var history = RateHistory()
        for second in 0..<200 { history.add(UInt64(second), at: UInt64(second) * 1_000_000_000) }
        let steps = history.steps(30, interval: 1_000_000_000)
        #expect(steps.count == 30 && steps.last == 199 && steps.first == 141)
        #expect(history.greatest == 199)
    }

    @Test func whatIsNotKnownIsNoColumn() {
        var history = RateHistory()
        history.add(nil, at: 1)
        #expect(history.greatest == nil)
        history.add(8, at: 10_000_000_001)
        history.add(1, at: 20_000_000_001)
        let steps = history.steps(6, interval: 10_000_000_000)
        #expect(steps == [nil, nil, nil, nil, 8, 1])
        #expect(
            SparklineText.text(steps, hasUTF8: true) == "    █▂"
                && SparklineText.text(steps, hasUTF8: false) == "    #.")
        #expect(SparklineText.text([0, 0], hasUTF8: true) == "▁▁")
        #expect(history.steps(0, interval: 1).isEmpty)
    }

    @Test func unitsAreThoseOfTheirNames() {
        let amounts: [(UInt64, [String])] = [
            (0, ["0B", "0B", "0bit", "0bit"]), (999, ["999B", "999B", "7.9kbit", "7.8Kibit"]),
            (48_211, ["47.1KiB", "48.2kB", "385kbit", "376Kibit"]),
            (.max, ["16.0EiB", "18.4EB", "18.4Ebit", "15.9Eibit"]),
        ]
        for (count, texts) in amounts { #expect(Units.allCases.map { $0.text(count) } == texts) }
    }
}
