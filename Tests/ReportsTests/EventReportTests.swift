import FlowModel
import Foundation
import Testing

@testable import Reports

struct EventReportTests {
    @Test(arguments: EventFormat.allCases)
    func everyKindOfEventIsWrittenAsTheGoldenFileHasIt(format: EventFormat) throws {
        let samples = Samples()
        try expectGolden(samples.text(samples.events, format), "events.\(format.rawValue)")
    }

    @Test func everyEventIsOneLineOfValidJSONWithTheSchemaVersionAndItsNumber() throws {
        let samples = Samples()
        let lines = samples.text(samples.events, .ndjson).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == samples.events.count)
        for (index, line) in lines.enumerated() {
            let object = try object(line)
            #expect((object["nfmon"] as? [String: Any])?["schema"] as? Int == 1)
            #expect((object["event"] as? [String: Any])?["sequence"] as? Int == 40 + index)
            #expect(object["@timestamp"] as? String == "2026-01-05T10:11:12.131415Z")
        }
    }

    @Test func unknownFiguresAreAbsentAndNeverZero() throws {
        let samples = Samples()
        let event = SessionEvent(time: Samples.now, kind: .start, session: samples.unknown)
        let object = try object(samples.text([event], .ndjson)[...])
        for side in ["network", "source", "destination"] {
            let members = try #require(object[side] as? [String: Any])
            #expect(members["bytes"] == nil)
            #expect(members["packets"] == nil)
        }
        #expect((object["event"] as? [String: Any])?["start"] == nil)
        let nfmon = try #require(object["nfmon"] as? [String: Any])
        #expect(nfmon["mark"] == nil)
        #expect(nfmon["exact"] == nil)
        #expect(nfmon["initial"] as? Bool == true)
    }

    @Test func natShowsWhatTheOtherSideSees() throws {
        let samples = Samples()
        let end = SessionEnd(cause: .event, time: Samples.now)
        let source = try object(
            samples.text([SessionEvent(time: Samples.now, kind: .end(end), session: samples.complete)], .ndjson)[...])
        let nat = try #require((source["source"] as? [String: Any])?["nat"] as? [String: Any])
        #expect(nat["ip"] as? String == "192.0.2.1")
        #expect(nat["port"] as? Int == 51514)
        #expect((source["destination"] as? [String: Any])?["nat"] == nil)

        let published = try object(
            samples.text([SessionEvent(time: Samples.now, kind: .update, session: samples.offloaded)], .ndjson)[...])
        let inside = try #require((published["destination"] as? [String: Any])?["nat"] as? [String: Any])
        #expect(inside["ip"] as? String == "fd00::21")
        #expect(inside["port"] as? Int == 2121)
        #expect((published["source"] as? [String: Any])?["nat"] == nil)
    }

    @Test func aSessionHasACommunityIDAndATranslatedOneASecond() throws {
        let samples = Samples()
        func ids(_ session: Session) throws -> [String?] {
            let event = SessionEvent(time: Samples.now, kind: .update, session: session)
            let object = try object(samples.text([event], .ndjson)[...])
            let (network, nfmon) = (object["network"] as? [String: Any], object["nfmon"] as? [String: Any])
            return [network?["community_id"] as? String, nfmon?["nat_community_id"] as? String]
        }
        // What others compute for 10.0.0.7:51514 to 198.51.100.9:443, and for 192.0.2.1:51514.
        #expect(try ids(samples.complete) == ["1:NuYfmkQE3a7jhACUZ4laB6B8rZs=", "1:xLSquZ8dDHirPMMojhjCZIQ8P2s="])
        #expect(try ids(samples.unknown) == ["1:oZgCJMhvjbQHZvn24M0WVFlH7sM=", nil])

        var ping = samples.ping
        ping.record.reply.sourcePort += 1  // its identifier, which is no part of the ID
        #expect(try ids(ping) == ["1:xjAh0VgUCyLTKXteV+BJXhSaQIE=", nil])

        var fragment = samples.unknown
        (fragment.record.original.sourcePort, fragment.record.original.destinationPort) = (0, 0)
        fragment.record.reply = fragment.record.original.inverse
        #expect(try ids(fragment) == [nil, nil])

        for fact: SessionFacts in [.sourcePortVaries, .destinationPortVaries, .fragments] {
            var scan = samples.denied
            scan.record.facts.insert(fact)
            #expect(try ids(scan) == [nil, nil])
        }
        // Pings with several identifiers are one flow all the same.
        ping = samples.ping
        ping.record.facts.insert(.sourcePortVaries)
        #expect(try ids(ping) == ["1:xjAh0VgUCyLTKXteV+BJXhSaQIE=", nil])
    }

    /// More sessions than it remembers, each told of again.
    @Test func whatTheStreamRemembersOfCommunityIDsIsAlwaysRight() {
        var generator = SystemRandomNumberGenerator()
        let keys = (0..<10_000).map { _ in FlowKey.random(using: &generator) }
        var cache = CommunityIDCache()
        for _ in 0..<2 {
            for (key, other) in zip(keys, keys.reversed()) {
                for reply in [key.inverse, other] {
                    let remembered = cache.texts(of: key, reply: reply, facts: [])
                    let fresh = CommunityIDTexts(of: key, reply: reply, facts: []) { ShortText(CommunityID(of: $0)) }
                    #expect(remembered.original == fresh.original && remembered.translated == fresh.translated)
                }
            }
        }
    }

    @Test func lanesAreNeverAddedUp() throws {
        let samples = Samples()
        let object = try object(
            samples.text([SessionEvent(time: Samples.now, kind: .update, session: samples.complete)], .ndjson)[...])
        #expect((object["network"] as? [String: Any])?["bytes"] as? Int == 48_211)
        let nflog = try #require((object["nfmon"] as? [String: Any])?["nflog"] as? [String: Any])
        #expect(nflog["bytes"] as? Int == 180)
    }

    @Test func anEndBeforeTheStartHasNoDuration() throws {
        let samples = Samples()
        let end = SessionEnd(cause: .event, time: Samples.before(now: 9_000_000_000))
        let object = try object(
            samples.text([SessionEvent(time: Samples.now, kind: .end(end), session: samples.complete)], .ndjson)[...])
        #expect((object["event"] as? [String: Any])?["duration"] == nil)
    }

    @Test(arguments: [0, 1, 3])
    func theJSONArrayIsValidAtAnyLength(count: Int) throws {
        let samples = Samples()
        let text = samples.text(Array(samples.events.prefix(count)), .json)
        let array = try #require(try JSONSerialization.jsonObject(with: Data(text)) as? [Any])
        #expect(array.count == count)
    }

    @Test(arguments: HostileName.allCases)
    func hostileNamesLeaveEveryFormatValidAndTheTerminalAlone(name: HostileName) throws {
        let samples = Samples(rule: name.bytes, interface: name.bytes)
        for event in samples.events {
            let line = samples.text([event], .ndjson)
            _ = try object(line[...])
            #expect(!name.steersTerminal(line.dropLast()))
        }
        for format in [EventFormat.compact, .csv] {
            let text = samples.text(samples.events, format)
            let lines = text.split(separator: UInt8(ascii: "\n"))
            #expect(lines.count == samples.events.count + 1)
            for line in lines { #expect(!name.steersTerminal(line)) }
        }
    }

    @Test func aNameReachesTheReaderOfJSONUnchanged() throws {
        let name = "a\"b\\c\n\u{1b}[31m\u{202e}\u{e0041}é"
        let samples = Samples(rule: name.utf8)
        let object = try object(
            samples.text([SessionEvent(time: Samples.now, kind: .update, session: samples.complete)], .ndjson)[...])
        #expect((object["rule"] as? [String: Any])?["name"] as? String == name)
    }

    /// The kernel leaves a source no such thing, but a recording can be anything.
    @Test func aSubscriptionToNothingIsValidJSON() throws {
        let shed = SessionEvent(time: Samples.now, kind: .shed([]))
        let object = try object(Samples().text([shed], .ndjson)[...])
        #expect((object["nfmon"] as? [String: Any])?["takes"] as? [String] == [])
    }

    @Test func theLongestNamesFitThePage() throws {
        let longest = [UInt8](repeating: 0x1b, count: 300)
        let samples = Samples(rule: longest, interface: longest)
        var session = samples.complete
        session.nflog?.originalPath.outInterface = 2
        session.record.helper = samples.table.number(of: longest)
        session.record.status = ConntrackStatus(rawValue: .max)
        session.record.counters.original = Counters(packetCount: .max, byteCount: .max)
        let end = SessionEnd(cause: .inferred, time: Samples.now, earliest: Samples.now)
        let text = samples.text([SessionEvent(time: Samples.now, kind: .end(end), session: session)], .ndjson)
        #expect(text.count > 4 * 6 * 255)
        _ = try object(text[...])
    }

    @Test func everyByteValueMakesAValidEvent() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var session = Samples().complete
            session.record.original = FlowKey.random(using: &generator)
            session.record.reply = FlowKey.random(using: &generator)
            session.record.status = ConntrackStatus(rawValue: .random(in: 0 ... .max, using: &generator))
            session.record.facts = SessionFacts(rawValue: .random(in: 0 ... .max, using: &generator))
            session.record.tcpState = TCPState(rawValue: .random(in: 0 ... .max, using: &generator))
            session.record.start = Timestamp(nanoseconds: .random(in: .min ... .max, using: &generator))
            session.record.bytesPerSecond = Float(bitPattern: .random(in: 0 ... .max, using: &generator))
            session.record.packetsPerSecond = .infinity
            let samples = Samples()
            let end = SessionEnd(
                cause: .evicted, time: Timestamp(nanoseconds: .random(in: .min ... .max, using: &generator)))
            _ = try object(
                samples.text([SessionEvent(time: end.time, kind: .end(end), session: session)], .ndjson)[...])
            for format in EventFormat.allCases {
                _ = samples.text([SessionEvent(time: end.time, kind: .end(end), session: session)], format)
            }
            for format in SessionFormat.allCases { _ = SessionReport(format: format).text(samples.answer([session])) }
        }
    }
}

/// A line of JSON as an object.
func object(_ line: ArraySlice<UInt8>) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
}

extension FlowKey {
    static func random(using generator: inout SystemRandomNumberGenerator) -> FlowKey {
        FlowKey(
            source: IPAddress(high: generator.next(), low: generator.next()),
            destination: IPAddress(high: generator.next(), low: generator.next()), sourcePort: generator.next(),
            destinationPort: generator.next(), transport: TransportProtocol(rawValue: generator.next()),
            family: Bool.random(using: &generator) ? .ipv4 : .ipv6, zone: generator.next())
    }
}

/// Names that somebody could give a rule to make the monitor lie.
enum HostileName: CaseIterable {
    case escapeSequence, quotes, lineBreaks, invalidUTF8, bidirectional, c1, comma, separators

    var bytes: [UInt8] {
        switch self {
        case .escapeSequence: Array("\u{1b}[2J\u{1b}]0;owned\u{7}\u{7f}".utf8)
        case .quotes: Array(#"","nfmon":{"verdict":"accept"},"x":"\"#.utf8)
        case .lineBreaks: Array("a\r\n{\"event\":1}\n\u{0}\t".utf8)
        case .invalidUTF8:
            [0x61, 0xff, 0xc0, 0x80, 0xe2, 0x82, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0x9b, 0xf0, 0x9f]
        case .bidirectional: Array("\u{202e}txt.exe\u{2066}\u{200b}\u{feff}".utf8)
        case .c1: Array("\u{9b}31m\u{85}".utf8)
        case .comma: Array("=1+1,\"x\", y".utf8)
        case .separators: Array("a\u{2028}b\u{2029}c".utf8)
        }
    }

    /// Whether a line holds anything that a terminal would obey or not show.
    func steersTerminal(_ line: some Sequence<UInt8>) -> Bool {
        let bytes = Array(line)
        guard let text = String(validating: bytes, as: UTF8.self) else { return true }
        return text.unicodeScalars.contains {
            switch $0.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }
}
