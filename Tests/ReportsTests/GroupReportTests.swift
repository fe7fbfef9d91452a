import FlowModel
import Foundation
import Query
import Testing

@testable import Reports

/// Groups of sessions in every format.
struct GroupReportTests {
    private let samples = Samples()

    @Test(arguments: SessionFormat.allCases)
    func everyGroupIsWrittenAsTheGoldenFileHasIt(format: SessionFormat) throws {
        let answer = try samples.groups("src/24,dport,rule,iif,verdict,mark", samples.sessions, limit: 10)
        try expectGolden(SessionReport(format: format).text(answer), "groups.\(format.rawValue)")
    }

    @Test(arguments: SessionFormat.allCases)
    func noGroupsAreWrittenAsTheGoldenFileHasIt(format: SessionFormat) throws {
        let answer = try samples.groups("src,dport", [])
        try expectGolden(SessionReport(format: format).text(answer), "no-groups.\(format.rawValue)")
    }

    @Test func groupsThatWereChosenSayOfWhat() throws {
        let answer = try samples.groups("proto", samples.sessions, having: "bytes > 100G", notes: ["a note"])
        let text = String(decoding: SessionReport(format: .table).text(answer), as: UTF8.self)
        #expect(text.contains("0 of 0 matching groups of 0 sessions"))
        #expect(text.contains("groups not judged: what --having asks of them is not known"))
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(SessionReport(format: .json).text(answer))) as? [String: Any])
        let summary = try #require(json["summary"] as? [String: Any])
        #expect(summary["having"] as? String == "bytes > 100G" && summary["by"] as? [String] == ["proto"])
        #expect((summary["unjudged_groups"] as? Int ?? 0) > 0 && summary["groups"] as? Int == 0)
    }

    @Test func eachLineOfJSONIsAnObjectAndUnknownIsAbsent() throws {
        let answer = try samples.groups("sport,rule,proto", samples.sessions)
        let lines = SessionReport(format: .ndjson).text(answer).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == answer.groups?.count)
        for line in lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
            let nfmon = try #require(object["nfmon"] as? [String: Any])
            let by = try #require(nfmon["by"] as? [String: Any])
            #expect(by["proto"] is String)
            let isPing = by["proto"] as? String == "icmp"
            #expect((by["sport"] == nil) == (by["sport"] as? Int == nil))
            if isPing { #expect(by["sport"] == nil && by["rule"] == nil && object["network"] == nil) }
            #expect(nfmon["exact"] as? Bool == (nfmon["exactness"] as? String == "exact"))
        }
    }

    @Test(arguments: [24, 30, 40, 60, 80])
    func aTableOfMoreColumnsThanThereIsRoomForNamesThoseThatItLeftOut(width: Int) throws {
        let answer = try samples.groups("src,dport,rule,iif,verdict,mark,state,lane,proto,oif", samples.sessions)
        let text = SessionReport(format: .table, width: width).text(answer)
        for line in text.split(separator: UInt8(ascii: "\n")) { #expect(TerminalText.width(of: Array(line)) <= width) }
        let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("oif") && words.contains("left out for want of room: "))
    }

    @Test(arguments: [24, 40, 60, 80, 100, 200])
    func aTableOfGroupsNeverExceedsItsWidthAndSaysWhatItLeftOut(width: Int) throws {
        let answer = try samples.groups("src,dport", samples.sessions)
        let text = SessionReport(format: .table, width: width).text(answer)
        let rows = text.split(separator: UInt8(ascii: "\n")).prefix((answer.groups?.count ?? 0) + 1)
        for row in rows { #expect(TerminalText.width(of: Array(row)) <= width) }
        let whole = SessionReport(format: .table).text(answer).split(separator: UInt8(ascii: "\n"))
        let isNarrower = zip(rows, whole).contains { $0 != $1 }
        #expect(String(decoding: text, as: UTF8.self).contains("for want of room") == isNarrower)
    }

    @Test(arguments: HostileName.allCases)
    func hostileNamesOfGroupsSteerNothing(name: HostileName) throws {
        let samples = Samples(rule: name.bytes, interface: name.bytes)
        let answer = try samples.groups("rule,iif", samples.sessions)
        for format in SessionFormat.allCases {
            let text = SessionReport(format: format).text(answer)
            #expect(text.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\n") }, "\(format)")
        }
    }
}
