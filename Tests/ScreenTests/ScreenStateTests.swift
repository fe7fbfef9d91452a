import FlowModel
import Foundation
import Reports
import Testing

@testable import Screen

/// What a user sees of pressing keys.
struct ScreenStateTests {
    private let village = Village()

    @Test func onlyAsManyRowsAreAskedForAsAreShown() throws {
        var state = try village.screen(80, 24)
        let shown = state.list().count
        #expect(state.inquiry.question.limit == shown && shown > 10)
        _ = state.resize(columns: 80, rows: 50)
        #expect(state.inquiry.question.limit == shown + 26)
        // However far one scrolls.
        try village.press(.end, on: &state)
        #expect(state.inquiry.question.limit <= ScreenState.rowLimit)
    }

    @Test func aTallerScreenAsksForMore() throws {
        var state = try village.screen(80, 24)
        let asksForMore = [state.resize(columns: 80, rows: 60), state.resize(columns: 120, rows: 20)]
        #expect(asksForMore == [true, false])
    }

    @Test func theListScrollsToItsEndAndBack() throws {
        var state = try village.screen(80, 24)
        try village.press(.end, on: &state)
        #expect(state.list().last?.hasPrefix("> ") == true)
        #expect(state.selected?.place == 42 && state.answer?.rows.count == 43)
        try village.press(.home, on: &state)
        #expect(state.list().first?.hasPrefix("> ") == true && state.top == 0)
        for _ in 0..<50 { try village.press(.pageDown, on: &state) }
        #expect(state.selected?.place == 42)
        for _ in 0..<50 { try village.press(.up, on: &state) }
        #expect(state.selected?.place == 0)
        try village.press(.escape, on: &state)
        #expect(!state.list().contains { $0.hasPrefix("> ") })
    }

    @Test func theSelectionStaysWithItsSessionWhenTheOrderChanges() throws {
        var state = try village.screen()
        try village.press(.down, .down, .down, on: &state)
        let id = state.selected?.id
        var other = village
        other.sessions.swapAt(0, 2)
        other.sessions[0].record.bytesPerSecond = 1e9
        let moved = other.sessions[0].record.id
        try other.answer(&state)
        #expect(state.selected?.id == id)
        #expect(moved != other.sessions[2].record.id)
        let row = try #require(state.list().first { $0.hasPrefix("> ") })
        #expect(row.contains("10.0.0.9:40002"))
    }

    @Test func theListDoesNotScrollByItself() throws {
        var state = try village.screen()
        try village.press(.home, on: &state)
        var other = village
        other.sessions[0].record.bytesPerSecond = 0
        try other.answer(&state)
        #expect(state.top == 0 && state.selected?.place == 0)
        #expect(state.list().first { $0.hasPrefix("> ") }?.contains("10.0.0.8:40001") == true)
    }

    @Test func aSessionThatEndsLeavesTheSelectionAtItsPlace() throws {
        var state = try village.screen()
        try village.press(.down, .down, .down, on: &state)
        var other = village
        other.sessions.remove(at: 2)
        try other.answer(&state)
        #expect(state.selected?.place == 2 && state.selected?.id != "")
    }

    @Test func aFrozenRowStaysInSightWhateverLeads() throws {
        var state = try village.screen()
        try village.press(.down, .character("f"), on: &state)
        var other = village
        other.sessions[0].record.bytesPerSecond = 0
        try other.answer(&state)
        try other.answer(&state)
        let first = try #require(state.list().first)
        #expect(first.hasPrefix("* ") && first.contains("10.0.0.7:40000") && first.contains("0B/s"))
        other.sessions.remove(at: 0)
        try other.answer(&state)
        #expect(state.list().first?.hasPrefix("x ") == true)
        try village.press(.character("f"), on: &state)
        #expect(state.list().allSatisfy { !$0.hasPrefix("* ") && !$0.hasPrefix("x ") })
        #expect(state.inquiry.followed.isEmpty)
    }

    @Test func aFrozenRowTakesARowOfTheListAndNoneIsHidden() throws {
        var state = try village.screen()
        let before = state.list().count
        try village.press(.down, .character("f"), on: &state)
        #expect(state.list().count == before)
        #expect(state.text().split(separator: "\n", omittingEmptySubsequences: false).count == 25)
    }

    @Test func detailsFollowTheSession() throws {
        var state = try village.screen()
        try village.press(.down, .enter, on: &state)
        #expect(state.text().contains("session 0000000000001000"))
        var other = village
        other.sessions[0].record.counters.original = Counters(packetCount: 987_654, byteCount: 1)
        try other.answer(&state)
        #expect(state.text().contains("987,654"))
        other.sessions.remove(at: 0)
        try other.answer(&state)
        #expect(state.text().contains("it has ended"))
        try village.press(.escape, on: &state)
        #expect(state.page == .list && state.inquiry.followed.isEmpty)
    }

    @Test func aGroupOpensItsSessions() throws {
        var state = try village.screen(by: "src,dport")
        #expect(state.text().contains("groups"))
        try village.press(.down, .enter, on: &state)
        #expect(state.question.by == nil && state.question.filter == "src = '10.0.0.7' and dport = '443'")
        #expect(state.list().count == 3 && state.list().allSatisfy { $0.contains("10.0.0.7:") && $0.contains(":443") })
    }

    @Test func aFilterThatCannotBeReadShowsItsPlaceAndLeavesTheOldOneInForce() throws {
        var state = try village.screen(filter: "proto = tcp")
        let rows = state.list().count
        try village.press(.character("/"), on: &state)
        try village.write("dport = 443 and nonsense = 5", on: &state)
        let lines = state.text().split(separator: "\n").map(String.init)
        let place = try #require(lines.firstIndex { $0.hasPrefix("  dport = 443 and") })
        let caret = try #require(lines[place + 1].firstIndex(of: "^"))
        let word = try #require(lines[place].range(of: "nonsense"))
        #expect(
            lines[place + 1].distance(from: lines[place + 1].startIndex, to: caret)
                == lines[place].distance(from: lines[place].startIndex, to: word.lowerBound))
        #expect(state.question.filter == "proto = tcp" && state.prompt != nil)
        // What is written then takes the complaint away, and a good filter the prompt.
        try village.press(.backspace, on: &state)
        #expect(!state.text().contains("^"))
        try village.write("dport = 443", on: &state)
        #expect(state.question.filter == "dport = 443" && state.prompt == nil)
        #expect(state.text().contains("filter: dport = 443") && rows > 0)
        try village.press(.character("/"), .character("x"), .escape, on: &state)
        #expect(state.question.filter == "dport = 443" && state.prompt == nil)
    }

    @Test func aFilterThatAsksForWhatIsNotReadIsRefused() throws {
        var state = try village.screen(lanes: [.conntrack])
        try village.press(.character("/"), on: &state)
        try village.write("iif = lan0", on: &state)
        #expect(state.question.filter.isEmpty && state.text().contains("--no-nflog"))
        try village.press(.escape, .character("g"), on: &state)
        try village.write("rule", on: &state)
        #expect(state.question.by == nil && state.text().contains("--no-nflog"))
    }

    @Test func groupsAndTheirOrderAreAskedFor() throws {
        var state = try village.screen()
        try village.press(.character("g"), on: &state)
        try village.write("src,nonsense", on: &state)
        #expect(state.prompt != nil && state.text().contains("^"))
        try village.write("src", on: &state)
        #expect(state.question.by == "src" && state.text().contains("grouped by src"))
        try village.press(.character("D"), on: &state)
        #expect(state.question.sort == nil && state.text().contains("groups are not sorted by dst"))
        try village.press(.character("s"), on: &state)
        try village.write("nonsense", on: &state)
        #expect(state.prompt != nil && state.text().contains("there is no such key"))
        try village.write("sessions", on: &state)
        #expect(state.question.sort == "sessions")
        try village.press(.character("g"), on: &state)
        try village.write("", on: &state)
        #expect(state.question.by == nil && state.question.sort == nil)
    }

    @Test func everySortKeyOfAColumnIsReachedByStepping() throws {
        var state = try village.screen(300, 60)
        var seen: [String] = []
        for _ in 0..<20 {
            _ = state.frame(Village.modern)
            try village.press(.character(">"), on: &state)
            seen.append(state.sortKey)
        }
        for key in ["proto", "src", "dst", "natsrc", "zone", "state", "packets", "bytes", "pps", "rate", "duration"] {
            #expect(seen.contains(key), "\(key)")
        }
        let before = state.sortKey
        try village.press(.character("<"), .character(">"), on: &state)
        #expect(state.sortKey == before)
        for (key, name) in ["R": "rate", "B": "bytes", "P": "packets", "A": "duration", "S": "src", "D": "dst"] {
            try village.press(.character(Unicode.Scalar(key) ?? " "), on: &state)
            #expect(state.sortKey == name)
        }
    }

    @Test func unitsAreSwitchedEverywhere() throws {
        var state = try village.screen(120, 40)
        #expect(state.text().contains("KiB/s"))
        try village.press(.character("u"), on: &state)
        #expect(state.text().contains("kB/s") && !state.text().contains("KiB"))
        try village.press(.character("u"), on: &state)
        #expect(state.text().contains("Mbit/s") && !state.text().contains("kB/s"))
        try village.press(.character("u"), .character("u"), on: &state)
        #expect(state.text().contains("KiB/s"))
    }

    @Test func aPauseKeepsWhatIsSeen() throws {
        var state = try village.screen()
        try village.press(.character("p"), on: &state)
        let before = state.list()
        #expect(state.text().contains("PAUSED"))
        var other = village
        other.sessions.removeFirst(10)
        try other.answer(&state)
        #expect(state.list() == before)
        let actions = [state.take(.character("r")), state.take(.character(" "))]
        #expect(actions == [.draw, .ask])
        try other.answer(&state)
        #expect(state.list() != before && !state.text().contains("PAUSED"))
    }

    @Test func namesTakeThePlaceOfAddresses() throws {
        var state = try village.screen()
        try village.press(.character("n"), on: &state)
        #expect(state.resolvesNames && state.shownAddresses.contains("10.0.0.7"))
        state.names = ["10.0.0.7": "desk.example.net", "198.51.100.0": "evil\u{1b}[31mname"]
        #expect(state.text().contains("desk.example.net:40000") && !state.text().contains("\u{1b}"))
        try village.press(.character("n"), on: &state)
        #expect(!state.resolvesNames && state.text().contains("10.0.0.7:40000"))
    }

    @Test func whatCannotBeAskedLeavesTheLastAnswerAndSaysWhy() throws {
        var state = try village.screen()
        let before = state.list()
        let fault = ScreenReply(
            inquiry: state.inquiry, document: .failure(ScreenFault("ask the monitor: it does not answer")))
        state.take(fault, at: Village.time)
        #expect(state.text().contains("it does not answer") && state.text().contains("OLD") && state.list() == before)
        state.take(ScreenReply(inquiry: state.inquiry, document: .success(Array("no JSON".utf8))), at: Village.time)
        #expect(state.text().contains("cannot be read"))
        try village.answer(&state)
        #expect(!state.text().contains("OLD"))
    }

    @Test func anAnswerThatDoesNotComeMakesTheScreenOld() throws {
        var state = try village.screen()
        let second: UInt64 = 1_000_000_000
        state.note(time: Village.time + 4 * second)
        #expect(!state.text().contains("OLD"))
        state.note(time: Village.time + 7 * second)
        #expect(state.text().contains("OLD") && state.text().contains("no answer for 7s: what is shown is from then"))
        try village.answer(&state, at: Village.time + 8 * second)
        #expect(!state.text().contains("OLD") && !state.text().contains("no answer"))
        // Who pauses wants what is old.
        try village.press(.character("p"), on: &state)
        state.note(time: Village.time + 60 * second)
        #expect(!state.text().contains("OLD"))
    }

    @Test func everythingThatIsMissingReadsAsItDoesUnderATable() throws {
        var village = village
        village.summary.lostCounts.conntrack = 431
        village.summary.lostCounts.nflog = 1
        village.summary.lossSpans = [.conntrack: LossSpan(at: Village.now), .nflog: LossSpan(at: Village.now)]
        village.summary.sufficientBuffer = 5 << 20
        village.summary.grownBuffer = 8 << 20
        village.summary.uncountedLosses = 2
        village.summary.malformedCounts.nflog = 3
        village.summary.faultCounts = [.packetCut: 3]
        village.summary.unwrittenEvents = 4
        village.summary.evictedCount = 5
        village.summary.refusedCount = 6
        village.summary.ambiguousPackets = 7
        village.summary.wasShed = true
        village.summary.eventsWereOff = true
        village.summary.eventsOffSpan = LossSpan(at: Timestamp(seconds: 1_767_607_200, nanoseconds: 0))
        village.summary.recordingIsDamaged = true
        village.summary.downSources = ["NFLOG group 100"]
        village.summary.lastDumpWasComplete = false
        let read = try ScreenAnswer(document: village.document(ScreenQuestion(limit: 1))).summary
        var (wanted, got): ([UInt8], [UInt8]) = ([], [])
        SummaryText.appendCompleteness(of: village.summary, since: read.watchedSince, to: &wanted)
        SummaryText.appendCompleteness(of: read.completeness, since: read.watchedSince, to: &got)
        #expect(String(decoding: got, as: UTF8.self) == String(decoding: wanted, as: UTF8.self))
        #expect(!read.isComplete && !read.completeness.isComplete)
    }

    @Test func anAnswerToAnOldQuestionIsNotShown() throws {
        var state = try village.screen()
        let old = state.inquiry
        _ = state.take(.character("B"))
        let before = state.list()
        var other = village
        other.sessions.removeAll()
        state.take(ScreenReply(inquiry: old, document: .success(try other.document(old.question))), at: Village.time)
        #expect(state.list() == before)
    }

    @Test func keysThatEndStopAndRedrawSaySo() throws {
        var state = try village.screen()
        let keys: [Key] = [
            .control("l"), .control("z"), .character("q"), .control("c"), .character("/"), .character("q"),
            .control("c"),
            .character("?"), .character("q"),
        ]
        let actions = keys.map { state.take($0) }
        #expect(actions == [.redraw, .suspend, .quit, .quit, .draw, .draw, .draw, .draw, .draw])
        #expect(state.prompt == nil && state.page == .list)
    }

    /// Sizes that nobody works at must do no harm either.
    @Test func everySizeIsDrawnAndNoLineIsWider() throws {
        var village = village
        village.summary.lostCounts.conntrack = 431
        village.notes = ["accounting is off: sysctl -w net.netfilter.nf_conntrack_acct=1"]
        for rows in [1, 2, 3, 5, 7, 8, 11, 13, 14, 24, 100] {
            for columns in [1, 2, 10, 20, 24, 40, 79, 80, 120, 300, 500] {
                for keys: [Key] in [
                    [], [.character("?")], [.down, .enter], [.down, .character("f")],
                    [.character("/"), .character("("), .enter],
                ] {
                    var state = try village.screen(columns, rows)
                    for key in keys { try village.press(key, on: &state) }
                    let frame = state.frame(Village.modern)
                    #expect(frame.lines.count == rows, "\(columns)x\(rows)")
                    #expect(frame.lines.allSatisfy { $0.width <= columns }, "\(columns)x\(rows)")
                    if let cursor = frame.cursor { #expect(cursor.row < rows && cursor.column < columns) }
                }
            }
        }
    }

    /// A seed that fails names its keys, again and again.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func anyKeysInAnyOrderDoNoHarm(seed: UInt64) throws {
        let all: [Key] =
            [
                .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .enter, .escape, .tab, .backTab, .backspace,
                .delete,
                .control("u"), .control("w"), .control("k"), .paste("src"), .paste("日本\u{1b}[2J"),
            ] + "fgs/<>RBPASDunp rjkh?x('".unicodeScalars.map(Key.character)
        var generator = SeededGenerator(seed: seed)
        var state = try village.screen(
            Int.random(in: 1...120, using: &generator), Int.random(in: 1...40, using: &generator))
        for _ in 0..<150 {
            guard let key = all.randomElement(using: &generator) else { continue }
            if state.take(key) == .ask { try village.answer(&state) }
            _ = state.frame(Village.modern)
        }
    }
}
