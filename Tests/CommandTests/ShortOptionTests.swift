import ArgumentParser
import Reports
import Testing

@testable import nfmon

/// Values right behind an option's letter, as tcpdump, tshark and most others take them.
struct ShortOptionTests {
    private func parse<Command>(_ words: String..., as: Command.Type = Command.self) throws -> Command {
        try #require(try NFMon.parseAsRoot(words) as? Command)
    }

    @Test func valuesMayStandRightBehindTheLetter() throws {
        let sessions: SessionsCommand = try parse("sessions", "-n1", "-ojson", "-ieth0", "-iwlan0", "--top")
        #expect(sessions.limit == 1)
        #expect(sessions.output == .json)
        #expect(sessions.sources.capture.interfaces == ["eth0", "wlan0"])
        let events: EventsCommand = try parse("events", "-wout.pcap", "-ocompact")
        #expect(events.write == "out.pcap")
        #expect(events.output == .compact)
        let replay: EventsCommand = try parse("events", "-rin.pcap", "tcp")
        #expect(replay.read == "in.pcap")
        #expect(replay.filter.words == ["tcp"])
        let compare: CompareCommand = try parse("compare", "-n20", "-ocsv", "-ra.pcap", "b.pcap")
        #expect(compare.limit == 20)
        #expect(compare.read == ["a.pcap", "b.pcap"])
        let doctor: DoctorCommand = try parse("doctor", "-ondjson")
        #expect(doctor.output == .ndjson)
        let status: StatusCommand = try parse("status", "-ocompact")
        #expect(status.output == .compact)
    }

    @Test func valuesThatHoldTheLettersOfOptionsAreValues() throws {
        let sessions: SessionsCommand = try parse("sessions", "-iveth0-nhor", "--top")
        #expect(sessions.sources.capture.interfaces == ["veth0-nhor"])
    }

    @Test func valuesApartAndBehindAnEqualsSignGoOn() throws {
        let sessions: SessionsCommand = try parse("sessions", "-n", "2", "-o=csv", "-i", "eth0", "--top")
        #expect(sessions.limit == 2)
        #expect(sessions.output == .csv)
        #expect(sessions.sources.capture.interfaces == ["eth0"])
    }

    @Test func whatIsNoValueIsRefusedWithWhatWouldBeOne() {
        for (words, hint) in [
            (["sessions", "-nmany"], "at least 1"), (["sessions", "-n0"], "at least 1"),
            (["events", "-oxml"], "ndjson"),
        ] {
            let error = #expect(throws: (any Error).self) { try NFMon.parseAsRoot(words) }
            #expect(error.map { NFMon.fullMessage(for: $0) }?.contains(hint) == true)
        }
    }
}
