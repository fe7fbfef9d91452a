import FlowModel
import Testing

@testable import Reports

struct CSVTextTests {
    @Test func everyRowHasEveryColumn() throws {
        let samples = Samples(rule: #"a,"b" c"#.utf8)
        let events = try table(samples.text(samples.events, .csv))
        #expect(events.count == samples.events.count + 1)
        for row in events { #expect(row.count == CSVText.eventColumns.count) }
        let sessions = try table(SessionReport(format: .csv).text(samples.answer(samples.sessions)))
        #expect(sessions.count == samples.sessions.count + 1)
        for row in sessions { #expect(row.count == CSVText.listColumns.count) }
    }

    @Test func columnsHoldWhatTheirNamesSay() throws {
        let samples = Samples(rule: #"a,"b" c"#.utf8)
        let end = SessionEnd(cause: .event, time: Samples.now)
        let rows = try table(
            samples.text([SessionEvent(time: Samples.now, kind: .end(end), session: samples.complete)], .csv))
        let row = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[1]))
        #expect(row["action"] == "session-end")
        #expect(row["src"] == "10.0.0.7")
        #expect(row["natsrc"] == "192.0.2.1")
        #expect(row["natdst"] == "")
        #expect(row["rule"] == #"a,"b" c"#)
        #expect(row["bytes"] == "48211")
        #expect(row["duration_ns"] == "8123456789")
        #expect(row["end_cause"] == "event")
        #expect(row["lost"] == "")
    }

    @Test func lossesAndResynchronisationsStandInTheirOwnColumns() throws {
        let samples = Samples()
        let rows = try table(samples.text(samples.events, .csv))
        let records = rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(rows[0], $0)) }
        let loss = try #require(records.first { $0["action"] == "loss" })
        #expect(loss["source"] == "conntrack")
        #expect(loss["cause"] == "overrun")
        #expect(loss["lost"] == "431")
        #expect(loss["end"] == "2026-01-05T10:11:12.131415Z")
        let begin = try #require(records.first { $0["action"] == "resync" && $0["phase"] == "begin" })
        #expect(begin["cause"] == "overrun")
        #expect(begin["rows"] == "")
        let resync = try #require(records.first { $0["action"] == "resync" && $0["phase"] == "end" })
        #expect(resync["duration_ns"] == "84000000")
        #expect(resync["corrected"] == "20491")
        #expect(resync["complete"] == "true")
    }

    @Test func escapesCanBeUndone() throws {
        for name in HostileName.allCases {
            let samples = Samples(rule: name.bytes)
            let rows = try table(
                samples.text([SessionEvent(time: Samples.now, kind: .update, session: samples.complete)], .csv))
            let row = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[1]))
            #expect(unescape(row["rule"] ?? "") == name.bytes)
        }
    }

    /// A small reader of RFC 4180.
    private func table(_ text: [UInt8]) throws -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            switch (byte, isQuoted) {
            case (UInt8(ascii: "\""), true):
                if index < text.count, text[index] == UInt8(ascii: "\"") {
                    field.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
            case (UInt8(ascii: "\""), false):
                try #require(field.isEmpty)
                isQuoted = true
            case (UInt8(ascii: ","), false), (UInt8(ascii: "\n"), false):
                row.append(String(decoding: field, as: UTF8.self))
                field.removeAll()
                if byte == UInt8(ascii: "\n") {
                    rows.append(row)
                    row.removeAll()
                }
            default: field.append(byte)
            }
        }
        try #require(!isQuoted && field.isEmpty && row.isEmpty)
        return rows
    }

    /// Undoes ``TerminalText``'s escapes.
    private func unescape(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Substring(text)
        while let character = rest.unicodeScalars.first {
            if rest.hasPrefix(#"\\"#) {
                bytes.append(UInt8(ascii: "\\"))
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix(#"\x"#) {
                bytes.append(UInt8(rest.dropFirst(2).prefix(2), radix: 16) ?? 0)
                rest = rest.dropFirst(4)
            } else if rest.hasPrefix(#"\u{"#), let end = rest.firstIndex(of: "}") {
                let scalar = UInt32(rest[..<end].dropFirst(3), radix: 16).flatMap(Unicode.Scalar.init)
                bytes.append(contentsOf: scalar.map { Array(String($0).utf8) } ?? [])
                rest = rest[rest.index(after: end)...]
            } else {
                bytes.append(contentsOf: String(character).utf8)
                rest.unicodeScalars.removeFirst()
            }
        }
        return bytes
    }
}
