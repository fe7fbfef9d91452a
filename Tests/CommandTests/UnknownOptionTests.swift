import ArgumentParser
import Ingest
import Testing

@testable import nfmon

struct UnknownOptionTests {
    private func message(_ words: String...) -> String {
        do { _ = try NFMon.command(of: words) } catch { return NFMon.message(for: error) }
        return ""
    }

    @Test(arguments: [
        ["sessions", "--for", "1s"], ["sessions", "--foo", "1s"], ["sessions", "--foo=1s", "bar"],
        ["events", "-q", "9"],
    ])
    func anOptionThatTheCommandDoesNotHaveIsNamedBeforeTheWordBehindIt(_ words: [String]) {
        var message = ""
        do { _ = try NFMon.command(of: words) } catch { message = NFMon.message(for: error) }
        #expect(message.hasPrefix("Unknown option '\(words[1].prefix { $0 != "=" })'"), "\(message)")
    }

    @Test func wordsThatAreNoOptionsAreAFilter() {
        #expect(message("sessions", "--top", "bogus").hasPrefix("--top bogus"))
        #expect(message("sessions", "-o", "json", "1s").hasPrefix("filter: "))
        #expect(message("events", "--", "--foo").hasPrefix("filter: "))
    }

    @Test func whatComparesSavefilesTakesAFilterInFrontOfThem() throws {
        let command = try #require(
            try NFMon.command(of: ["compare", "tcp", "port", "443", "-r", "a.pcap", "b.pcap"]) as? CompareCommand)
        #expect(command.words == ["tcp", "port", "443"])
        #expect(command.read == ["a.pcap", "b.pcap"])
        let behind = try #require(
            try NFMon.command(of: ["compare", "-r", "a.pcap", "b.pcap", "--", "tcp", "port", "443"]) as? CompareCommand)
        #expect((behind.read, behind.words) == (command.read, command.words))
        #expect(message("compare", "tcp", "--capture-filter", "udp", "-r", "a.pcap").contains("leave out either"))
    }

    @Test func whatACommandAlwaysRefusesItsHelpDoesNotList() throws {
        #expect(!NFMon.helpMessage(for: CompareCommand.self).contains("--promiscuous"))
        #expect(message("compare", "-i", "lan0", "--promiscuous").contains("what is addressed to others"))
        #expect(NFMon.helpMessage(for: EventsCommand.self).contains("--promiscuous"))
        let events = try #require(try NFMon.command(of: ["events", "-i", "lan0", "--promiscuous"]) as? EventsCommand)
        #expect(events.sources.capture.configuration.isPromiscuous)
        #expect(message("events", "-i", "any", "--promiscuous").contains("any has no mode to set"))
        #expect(message("sessions", "--promiscuous").contains("name an interface"))
    }
}
