import FlowModel
import Query
import Testing

/// What of a filter conntrack is told: never more than the filter itself says.
struct SourceFilterTests {
    private func source(_ text: String, joinsPackets: Bool = false) throws -> SourceFilter {
        try SessionFilter(parsing: text, names: NameTable()).sourceFilter(joinsPackets: joinsPackets)
    }

    private func admits(_ filter: SourceFilter, _ entry: ConntrackEntry, _ kind: ConntrackObservation.Kind = .new)
        -> Bool
    {
        filter.admits(ConntrackObservation(kind: kind, entry: entry, helper: .none))
    }

    private var web: ConntrackEntry {
        let key = Session.tcp().record.original
        var reply = key.inverse
        reply.destination = IPAddress(ipv4: 0xc000_0201)
        return ConntrackEntry(original: key, reply: reply)
    }

    @Test(arguments: ["bytes > 1M", "rule ssh", "iif lan0", "tcp or rule ssh", "not bytes > 5", "duration > 1h", ""])
    func whatMessagesDoNotSayLeavesNothingOut(_ text: String) throws {
        #expect(try source(text).isOpen)
    }

    @Test func whatMessagesSayIsKeptBesideIt() throws {
        let filter = try source("tcp dst port 443 and bytes > 1M and not src 10.0.0.8")
        #expect(admits(filter, web))
        #expect(try !admits(source("udp and bytes > 1M"), web))
        #expect(try !admits(source("not tcp and rule x"), web))
        #expect(try !admits(source("src 10.0.0.8 or src 10.0.0.9"), web))
    }

    /// A packet logged behind the translation shows 192.0.2.1, and must find its session.
    @Test func besidePacketsAnAddressCountsWhereverItIs() throws {
        let text = "src 192.0.2.1"
        #expect(try !admits(source(text), web))
        #expect(try admits(source(text, joinsPackets: true), web))
        #expect(try admits(source("dst 10.0.0.7", joinsPackets: true), web), "as its answers show it")
        #expect(try !admits(source("dst 10.0.0.8", joinsPackets: true), web))
        #expect(try admits(source("sport 443", joinsPackets: true), web))
    }

    /// A packet does not tell its zone: with the other zones' sessions left out it would be taken for this one's.
    @Test func besidePacketsNoZoneIsLeftOut() throws {
        #expect(try !admits(source("zone = 7"), web))
        #expect(try source("zone = 7", joinsPackets: true).isOpen)
        #expect(try !admits(source("zone = 7 and udp", joinsPackets: true), web))
    }

    @Test func packetThatStandsForItselfIsAskedWhatItCanTell() throws {
        let filter = try source("dst 192.0.2.9 and tcp and mark = 5 and status = assured", joinsPackets: true)
        var key = web.original
        #expect(!filter.admits(packet: key))
        key.destination = IPAddress(ipv4: 0xc000_0209)
        #expect(filter.admits(packet: key))
        #expect(filter.admits(packet: key.inverse))
    }

    @Test func translatedAddressesAreThoseOfTheReply() throws {
        #expect(try admits(source("natsrc 192.0.2.1"), web))
        #expect(try !admits(source("natsrc 192.0.2.2"), web))
        #expect(try admits(source("natdst 198.51.100.9"), web), "that it is not translated the session says")
    }

    /// Who has another mark now may have had this one, and may get it yet.
    @Test func endIsNeverLeftOutForItsMark() throws {
        let filter = try source("mark = 5")
        var entry = web
        #expect(admits(filter, entry, .new), "rules may mark it later")
        #expect(!admits(filter, entry, .update))
        entry.mark = 7
        #expect(!admits(filter, entry, .new))
        #expect(admits(filter, entry, .update), "it may have been 5")
        #expect(admits(filter, entry, .destroy))
        #expect(admits(filter, entry, .dumpRow))
        entry.mark = 0
        #expect(admits(filter, entry, .update), "it may have been 5, and no later event has a zero")
        entry.mark = 5
        for kind in [.new, .update, .destroy, .dumpRow] as [ConntrackObservation.Kind] {
            #expect(admits(filter, entry, kind))
        }
    }
}
