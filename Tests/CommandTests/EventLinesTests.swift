import Reports
import Testing

@testable import nfmon

/// The monitor's lines on their way to the output.
@Suite struct EventLinesTests {
    private static let ndjson = """
        {"@timestamp":"x","event":{"action":"session-start","sequence":41}}
        {"@timestamp":"y","event":{"action":"loss","sequence":57}}

        """

    /// What is passed on of a text that comes in pieces of one size.
    private func passed(_ text: String, _ format: EventFormat, by size: Int) -> (text: String, lines: EventLines) {
        var lines = EventLines(format: format)
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines.pass(Array(bytes[start..<min(start + size, bytes.count)]), to: &output)
        }
        lines.end(to: &output)
        return (String(decoding: output, as: UTF8.self), lines)
    }

    @Test(arguments: [1, 2, 7, 60, 67, 68, 1000])
    func linesAreWholeHoweverTheyCome(_ size: Int) {
        let (text, lines) = passed(Self.ndjson, .ndjson, by: size)
        #expect(text == Self.ndjson)
        #expect(lines.eventCount == 2)
        #expect(lines.lastSequence == 57)
    }

    @Test(arguments: [1, 50, 1000])
    func heartbeatsTellThePlaceAndAreNotSeen(_ size: Int) {
        let heartbeat = #"{"@timestamp":"z","event":{"action":"heartbeat","sequence":99},"nfmon":{"schema":1}}"# + "\n"
        for format in [EventFormat.ndjson, .json] {
            let (text, lines) = passed(heartbeat + Self.ndjson + heartbeat, format, by: size)
            #expect(!text.contains("heartbeat") && text.contains("57"))
            #expect(lines.eventCount == 2)
            #expect(lines.lastSequence == 99)
        }
        #expect(passed(heartbeat, .json, by: size).text == "[\n]\n")
    }

    @Test func amongTheSessionsThatWereThereFirstThereIsNoPlace() {
        let line = #"{"event":{"action":"session-start","sequence":41},"nfmon":{"schema":1,"initial":true}}"# + "\n"
        #expect(passed(Self.ndjson + line, .ndjson, by: 1000).lines.lastSequence == nil)
        #expect(passed(line + Self.ndjson, .ndjson, by: 1000).lines.lastSequence == 57)
    }

    @Test func halfALineIsNotPassedOn() {
        let (text, lines) = passed(String(Self.ndjson.dropLast(3)), .ndjson, by: 1000)
        #expect(text.split(separator: "\n").count == 1)
        #expect(lines.lastSequence == 41)
    }

    @Test(arguments: [0, 1, 2])
    func anArrayIsWholeWheneverItEnds(_ count: Int) {
        let events = Self.ndjson.split(separator: "\n").prefix(count)
        let (text, lines) = passed(events.map { "\($0)\n" }.joined() + "{\"half", .json, by: 5)
        #expect(text == "[\n" + events.joined(separator: ",\n") + (count == 0 ? "]\n" : "\n]\n"))
        #expect(lines.eventCount == UInt64(count))
    }

    @Test func columnNamesAndDaysAreNoEvents() {
        let csv = passed("time,action,sequence\n2026,session-start,7\n", .csv, by: 1000).lines
        #expect(csv.eventCount == 1)
        #expect(csv.lastSequence == 7)
        let compact = passed("--- 2026-11-21 UTC ---\n06:44 start tcp\n", .compact, by: 1000).lines
        #expect(compact.eventCount == 1)
        #expect(compact.lastSequence == nil)
    }

    @Test(
        arguments: [("12", nil, 12), ("5eed:9223372036854775807", "5eed", 9_223_372_036_854_775_807)]
            as [(String, String?, UInt64)])
    func aPlaceIsANumberWithTheStreamsName(_ text: String, _ epoch: String?, _ sequence: UInt64) throws {
        let place = try StreamPlace(parsing: text)
        #expect(place.epoch == epoch)
        #expect(place.sequence == sequence)
    }

    @Test(arguments: ["", ":", "x", "5eed:", ":5", "5eed:x", "1:2:3", "-1", "no:5", "9223372036854775808"])
    func whatIsNoPlaceIsRefused(_ text: String) {
        #expect(throws: (any Error).self) { try StreamPlace(parsing: text) }
    }
}
