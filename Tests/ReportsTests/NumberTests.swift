import FlowModel
import Foundation
import Testing

@testable import Reports

// What stands where other protocols have ports.

struct NumberTests {
    @Test(
        arguments: [
            (AddressFamily.ipv4, 8, 0, 4660, "echo-request id 4660"), (.ipv4, 0, 0, 4660, "echo-reply id 4660"),
            (.ipv4, 3, 1, 0, "destination-unreachable code 1"), (.ipv4, 42, 0, 0, "type 42"),
            (.ipv4, 13, 0, 0, "timestamp-request id 0"), (.ipv6, 128, 0, 7, "echo-request id 7"),
            (.ipv6, 136, 0, 0, "nd-neighbor-advert"), (.ipv6, 8, 3, 0, "type 8 code 3"),
        ] as [(AddressFamily, UInt16, UInt16, UInt16, String)])
    func anICMPMessageIsNamedAsRulesNameIt(
        family: AddressFamily, type: UInt16, code: UInt16, identifier: UInt16, expected: String
    ) {
        let key = key(identifier, type << 8 | code, family == .ipv4 ? .icmp : .icmpv6, family)
        #expect(destinationText(key) == " " + expected)
    }

    @Test func ofAFragmentNothingIsMadeUp() {
        #expect(destinationText(key(0, 0, .icmp)) == "")
        #expect(destinationText(key(0, 0, .gre)) == "")
    }

    @Test(arguments: EventFormat.allCases)
    func everyFormatOfEventsHasTheTunnelsKeysAndThePingsIdentifier(format: EventFormat) {
        let samples = Samples()
        let events = [samples.tunnel, samples.ping].map { SessionEvent(time: Samples.now, kind: .update, session: $0) }
        expectNumbers(samples.text(events, format), "\(format)")
    }

    @Test(arguments: SessionFormat.allCases)
    func everyFormatOfSessionsHasTheTunnelsKeysAndThePingsIdentifier(format: SessionFormat) {
        let samples = Samples()
        expectNumbers(SessionReport(format: format).text(samples.answer([samples.tunnel, samples.ping])), "\(format)")
    }

    @Test func membersThatAMessageDoesNotHaveAreAbsent() throws {
        let samples = Samples()
        let report = SessionReport(format: .ndjson)
        let solicitation = try nfmon(report.text(samples.answer([samples.solicitation])))
        #expect(solicitation["icmp"] as? [String: Int] == ["type": 135, "code": 0])
        #expect(solicitation["gre"] == nil)
        let tunnel = try nfmon(report.text(samples.answer([samples.tunnel])))
        #expect(tunnel["gre"] as? [String: Int] == ["source_key": 4660, "destination_key": 17])
        var halfKnown = samples.tunnel
        halfKnown.record.original.sourcePort = 0
        let logged = try nfmon(report.text(samples.answer([halfKnown])))
        #expect(logged["gre"] as? [String: Int] == ["destination_key": 17])
        #expect(try nfmon(report.text(samples.answer([samples.complete])))["gre"] == nil)
    }

    private func expectNumbers(_ text: [UInt8], _ format: String) {
        let text = String(decoding: text, as: UTF8.self)
        for number in ["4660", "17", "4711"] { #expect(text.contains(number), "\(format): \(text)") }
    }

    private func nfmon(_ text: [UInt8]) throws -> [String: Any] {
        let line = text.split(separator: UInt8(ascii: "\n"))[0]
        let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        return try #require(object?["nfmon"] as? [String: Any])
    }

    private func destinationText(_ key: FlowKey) -> String {
        var text: [UInt8] = []
        key.appendDestinationNumber(to: &text)
        key.icmp?.append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private func key(
        _ sourcePort: UInt16, _ destinationPort: UInt16, _ transport: TransportProtocol,
        _ family: AddressFamily = .ipv4
    ) -> FlowKey {
        FlowKey(
            source: .unspecified, destination: .unspecified, sourcePort: sourcePort, destinationPort: destinationPort,
            transport: transport, family: family)
    }
}
