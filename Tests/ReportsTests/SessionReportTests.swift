import FlowModel
import Foundation
import Query
import Testing

@testable import Reports

struct SessionReportTests {
    private let samples = Samples()

    @Test(arguments: SessionFormat.allCases)
    func everySessionIsWrittenAsTheGoldenFileHasIt(format: SessionFormat) throws {
        let answer = samples.answer(
            samples.sessions, limit: 5, notes: ["accounting is off: sysctl -w net.netfilter.nf_conntrack_acct=1"])
        try expectGolden(SessionReport(format: format).text(answer), "sessions.\(format.rawValue)")
    }

    @Test(arguments: SessionFormat.allCases)
    func anEmptyTableIsWrittenAsTheGoldenFileHasIt(format: SessionFormat) throws {
        let text = SessionReport(format: format).text(samples.answer([]))
        try expectGolden(text, "empty.\(format.rawValue)")
        if format == .json { _ = try object(text[...]) }
    }

    @Test func whatIsMissingIsSaidUnderTheTableAndInTheSummary() throws {
        let answer = samples.answer(samples.sessions, summary: Samples.gaps)
        try expectGolden(SessionReport(format: .table).text(answer), "incomplete.table")
        let object = try object(SessionReport(format: .json).text(answer)[...])
        let summary = try #require(object["summary"] as? [String: Any])
        #expect(summary["complete"] as? Bool == false)
        #expect((summary["lost"] as? [String: Int]) == ["conntrack": 431, "nflog": 1, "packet": 17])
        #expect((summary["faults"] as? [String: Int]) == ["attribute-length": 1, "packet-cut": 1])
        #expect(summary["unwritten_events"] as? Int == 1234)
        #expect(summary["events_off"] as? Bool == true)
        #expect(summary["recording_damaged"] as? Bool == true)
        #expect(summary["sessions"] as? Int == samples.sessions.count)
        #expect(summary["unknown_counters"] as? Int == 4)
    }

    @Test func whenEventsWereOffIsSaid() throws {
        var summary = TableSummary()
        summary.eventsWereOff = true
        summary.eventsOffSpan = LossSpan(at: Timestamp(seconds: 1_767_607_200, nanoseconds: 0))
        summary.eventsOffSpan?.to = Timestamp(seconds: 1_767_607_260, nanoseconds: 0)
        let answer = samples.answer([], summary: summary)
        let text = String(decoding: SessionReport(format: .table).text(answer), as: UTF8.self)
        #expect(text.contains("conntrack events were off from 2026-01-05T10:00:00Z to 2026-01-05T10:01:00Z"))
        let told = try #require(try object(SessionReport(format: .json).text(answer)[...])["summary"] as? [String: Any])
        #expect((told["events_off_times"] as? [String: String])?["to"] == "2026-01-05T10:01:00.000000Z")
    }

    @Test func strayErrorsAreShownAndLeaveTheAnswerComplete() throws {
        var summary = TableSummary()
        summary.strayErrorCount = 2
        let answer = samples.answer(samples.sessions, summary: summary)
        let text = String(decoding: SessionReport(format: .table).text(answer), as: UTF8.self)
        #expect(text.contains("\n2 ICMP errors about sessions that are not known, counted nowhere else\ncomplete: "))
        let object = try object(SessionReport(format: .json).text(answer)[...])
        let written = try #require(object["summary"] as? [String: Any])
        #expect(written["stray_errors"] as? Int == 2)
        #expect(written["complete"] as? Bool == true)
    }

    @Test func howOldFiguresAreIsSaidWhereTheyAreNotOfNow() throws {
        func texts(_ answer: SessionAnswer) throws -> (table: String, summary: [String: Any]) {
            let object = try object(SessionReport(format: .json).text(answer)[...])
            return (
                String(decoding: SessionReport(format: .table).text(answer), as: UTF8.self),
                try #require(object["summary"] as? [String: Any])
            )
        }
        var answer = samples.answer(samples.sessions)
        let old = try texts(answer)
        #expect(old.table.contains("\ntotals of running sessions are up to 2.134s old\n"))
        #expect(old.summary["counters_age"] as? Int == 2_134_000_000)
        answer.monotonicNow = Samples.monotonicNow - 2_000_000_000
        let new = try texts(answer)
        #expect(!new.table.contains(" old\n"), "what was read a moment ago is of now")
        #expect(new.summary["counters_age"] as? Int == 134_000_000)
        #expect(try texts(samples.answer([samples.unknown, samples.denied])).summary["counters_age"] == nil)
        var ended = samples.complete
        ended.record.facts.insert(.ended)
        #expect(try texts(samples.answer([ended])).summary["counters_age"] == nil, "its last figures do not age")
    }

    @Test(arguments: [24, 40, 60, 80, 100, 120, 160])
    func aTableNeverExceedsItsWidthAndSaysWhatItLeftOut(width: Int) throws {
        let lines = rows(width: width)
        for line in lines { #expect(TerminalText.width(of: Array(line)) <= width) }
        let all = rows(width: nil)
        #expect(lines.count == all.count)
        let text = String(
            decoding: SessionReport(format: .table, width: width).text(samples.answer(samples.sessions)), as: UTF8.self)
        let isNarrower = lines.joined().count < all.joined().count
        #expect(text.contains("for want of room") == isNarrower)
    }

    @Test(arguments: [24, 40, 80]) func whatStandsUnderATableFitsItsWidthToo(width: Int) {
        var answer = samples.answer(samples.sessions, summary: Samples.gaps)
        let text = SessionReport(format: .table, width: width).text(answer)
        for line in text.split(separator: UInt8(ascii: "\n")) { #expect(TerminalText.width(of: Array(line)) <= width) }
        let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("1 packet, an unknown number was lost 1 time") || words.contains("conntrack lost 431"))
        answer.notes = ["accounting is off: sysctl -w net.netfilter.nf_conntrack_acct=1"]
        let noted = String(decoding: SessionReport(format: .table, width: width).text(answer), as: UTF8.self)
        #expect(noted.contains("\nnote: accounting is off: sysctl -w net.netfilter.nf_conntrack_acct=1\n"))
    }

    @Test func theSummaryTellsTheRateOfAllSessionsAndHowFullTheTableIs() throws {
        var answer = samples.answer(samples.sessions, limit: 1)
        answer.fill = TableFill(count: 1234, limit: 262_144, limitPlace: .here)
        let summary = try #require(
            try object(SessionReport(format: .json).text(answer)[...])["summary"] as? [String: Any])
        #expect(summary["rate"] as? [String: Int] == ["bytes": 5935, "packets": 8, "sessions": 1])
        #expect(summary["table"] as? [String: Int] == ["entries": 1234, "limit": 262_144])
    }

    /// The rate is what the ranking is by; which type an ICMP message has is worth less.
    @Test func whatAPingSaysGivesWayBeforeAnyColumnDoes() {
        let answer = samples.answer([samples.complete, samples.ping])
        let all = String(decoding: SessionReport(format: .table).text(answer), as: UTF8.self)
        let width = all.prefix { $0 != "\n" }.count
        let text = String(decoding: SessionReport(format: .table, width: width - 8).text(answer), as: UTF8.self)
        #expect(!text.contains("left out"))
        #expect(text.contains("192.0.2.99 echo-reques~"), "\(text)")
        #expect(text.contains("cut for want of room (~): destination"))
    }

    @Test func aTableOfEightyColumnsIsWrittenAsTheGoldenFileHasIt() throws {
        try expectGolden(
            SessionReport(format: .table, width: 80).text(samples.answer(samples.sessions)), "narrow.table")
    }

    @Test func wideAndCombiningCharactersStayAligned() {
        let samples = Samples(rule: "日本e\u{301}".utf8)
        let text = SessionReport(format: .table).text(samples.answer([samples.complete, samples.denied]))
        let lines = text.split(separator: UInt8(ascii: "\n")).prefix(3)
        let widths = lines.map { TerminalText.width(of: Array($0)) }
        #expect(Set(widths).count == 1)
    }

    @Test(arguments: HostileName.allCases)
    func hostileNamesAndNotesSteerNothing(name: HostileName) throws {
        let samples = Samples(rule: name.bytes, interface: name.bytes)
        let answer = samples.answer(samples.sessions, notes: [String(decoding: name.bytes, as: UTF8.self)])
        for format in SessionFormat.allCases {
            let text = SessionReport(format: format).text(answer)
            for line in text.split(separator: UInt8(ascii: "\n")) { #expect(!name.steersTerminal(line)) }
        }
        let text = SessionReport(format: .json).text(answer)
        let object = try object(text[...])
        #expect((object["sessions"] as? [Any])?.count == samples.sessions.count)
    }

    @Test func aSessionHasTheNamesOfTheEventStream() throws {
        let line = SessionReport(format: .ndjson).text(samples.answer([samples.complete]))
        let event = samples.text([SessionEvent(time: Samples.now, kind: .update, session: samples.complete)], .ndjson)
        let session = try object(line[...])
        for (key, value) in try object(event[...]) where key != "event" && key != "nfmon" {
            #expect("\(value)".count == "\(session[key] ?? "")".count, "\(key)")
        }
    }

    /// The heading and the sessions.
    private func rows(width: Int?) -> [[UInt8]] {
        let text = SessionReport(format: .table, width: width).text(samples.answer(samples.sessions))
        return text.split(separator: UInt8(ascii: "\n")).prefix(1 + samples.sessions.count).map(Array.init)
    }
}
