import FlowModel
import Ingest
import Testing

/// A capture's filter, asked about sessions of which nothing was captured.
struct TupleFilterTests {
    private static func session(
        _ transport: TransportProtocol = .udp, to port: UInt16 = 82, family: AddressFamily = .ipv4
    ) -> Session {
        let isIPv4 = family == .ipv4
        let original = FlowKey(
            source: isIPv4 ? IPAddress(ipv4: 0x0a00_0007) : IPAddress(high: 0xfd00_0010_0000_0000, low: 7),
            destination: isIPv4 ? IPAddress(ipv4: 0xc000_0209) : IPAddress(high: 0x2001_0db8_0000_0000, low: 9),
            sourcePort: transport.isICMP ? 4660 : 40_000, destinationPort: transport.isICMP ? 8 << 8 : port,
            transport: transport, family: family)
        // Behind source NAT at 192.0.2.1.
        var reply = original.inverse
        if isIPv4 { reply.destination = IPAddress(ipv4: 0xc000_0201) }
        let now = Timestamp(nanoseconds: 0)
        return Session(
            record: SessionRecord(
                id: SessionID(rawValue: 1), original: original, reply: reply, start: now, lastSeen: now),
            nflog: nil)
    }

    /// Whether any of a session's tuples passes, on either side of its translation and either way.
    private static func admits(_ expression: String, _ session: Session) throws -> Bool {
        let filter = try TupleFilter(expression)
        let (original, reply) = (session.record.original, session.record.reply)
        return [original, reply, original.inverse, reply.inverse].contains { filter.admits($0) == true }
    }

    @Test(arguments: [
        "udp port 82", "udp", "host 10.0.0.7", "src host 10.0.0.7 and dst port 82", "net 192.0.2.0/24", "ip",
        // As it is behind the translation, and on its way back.
        "src host 192.0.2.1", "src host 192.0.2.9 and dst host 192.0.2.1", "",
    ])
    func aSessionIsAdmittedByAnyOfItsTuples(expression: String) throws {
        #expect(try Self.admits(expression, Self.session()))
        #expect(try TupleFilter(expression).doubt == nil)
    }

    @Test(arguments: ["udp port 81", "tcp", "host 10.0.0.8", "ip6", "src host 10.0.0.7 and dst host 10.0.0.8"])
    func aSessionThatTheFilterDoesNotMeanIsLeftOut(expression: String) throws {
        #expect(try !Self.admits(expression, Self.session()))
    }

    @Test func otherProtocolsAndFamiliesAreAsked() throws {
        #expect(try Self.admits("icmp[icmptype] == icmp-echo", Self.session(.icmp)))
        let web = Self.session(.tcp, to: 443, family: .ipv6)
        #expect(try Self.admits("ip6 and tcp dst port 443", web))
        #expect(try !Self.admits("ip6 and tcp dst port 80", web))
    }

    @Test(arguments: [AddressFamily.ipv4, .ipv6])
    func fragmentsWithoutPortsPassWhereNoPortsAreAskedFor(family: AddressFamily) throws {
        let key = Self.session(family: family).record.original
        for (expression, passes) in [("udp port 82", false), ("port 82", false), ("udp", true), ("", true)] {
            let filter = try TupleFilter(expression)
            #expect(filter.admits(key) == true)
            #expect(filter.admits(key, isFragment: true) == passes, "\(expression)")
        }
    }

    @Test func aFilterForOneWayAdmitsThatWay() throws {
        let filter = try TupleFilter("src host 10.0.0.7")
        let record = Self.session().record
        #expect(filter.admits(record.original) == true)
        #expect(filter.admits(record.original.inverse) == false)
        #expect(filter.admits(record.reply.inverse) == false)
    }

    @Test(arguments: [
        "tcp[tcpflags] & tcp-syn != 0", "greater 1000", "len <= 100", "ip[8] = 64", "ip[1] != 0", "ip[4:2] = 7",
        "ip[26] = 1", "ip[24:2] = 1", "ip[8:4] = 7", "ip[24:4] = 7", "ip[32:4] & 0x20000 != 0", "ip[24] = 1",
        "ip[40:2] = 53", "ip[6] & 0x20 != 0", "ip[6:2] & 0x4000 != 0", "ip[6:2] & 0x3fff = 0",
        "ip[6:2] & 0x1fff = 0 and ip[6:2] & 0x4000 != 0", "ip[6:2] & 0x1fff != 0",
        "not port 53 and ip[6:2] & 0x4000 != 0", "ip[6:2] & 0x1fff != 0 and not port 53",
        "tcp port 22 and ip[8:4] = 7", "ip6[6:2] = 0x1140", "ip6[7] = 64",
        "udp[4:2] > 100", "multicast", "tcp port 22 and tcp[tcpflags] & tcp-syn != 0 or udp",
    ])
    func aFilterThatPicksPacketsIsRefused(expression: String) {
        #expect(throws: IngestError.self) { try TupleFilter(expression) }
    }

    @Test(arguments: [
        "icmp[icmptype] = icmp-echo", "icmp6[icmp6type] = icmp6-echo", "tcp[0:2] = 443", "ip multicast",
        "ip6 multicast", "proto 47",
        "sctp port 9", "ip6 net 2001:db8::/40", "portrange 100-200", "ip[16:4] = 0x0a000001", "arp or udp",
        "host 192.0.2.1 or ip6 host 2001:db8::1", "ip6 host 2001:db8::1 or tcp port 80 or arp host 192.0.2.9",
        "src port 53 and dst port 80 or tcp port 22", "not (udp port 53 and udp[0:2] != 5)",
        "not port 22", "tcp or icmp6[icmp6type] = icmp6-echo", "udp or ip6 dst net 2001:db8::/32",
    ])
    func aFilterByWhatATupleTellsIsTaken(expression: String) throws {
        #expect(try TupleFilter(expression).doubt == nil)
    }

    // MARK: Of savefiles

    @Test(arguments: [
        "not port 22", "host 10.0.0.7 or net 192.0.2.0/24", "ip6 host fd00:10::7", "udp portrange 80-90",
        "icmp[icmptype] == icmp-echo", "!(tcp port 22 || tcp port 443)",
    ])
    func aFilterOfASavefileIsAskedWhereItHasNoNames(expression: String) {
        #expect(TupleFilter(recorded: expression) != nil)
    }

    @Test(arguments: [
        "host www.example.com", "port domain", "net loopback", "proto beef", "src host badcafe", "host 1e100.example",
        "host ab:cd:ef", "host 1.2.3.4.5", "host 10-0-0-1", "host 80-90", "host ip-10-0-0-1", "host tcp-ip",
        "src host syn-ack",
        "host \\tcp",
        "tcp[tcpflags] & tcp-syn != 0", "no such words", "(", "type mgt", "inbound",
    ])
    func aFilterOfASavefileThatCannotBeAskedIsNot(expression: String) {
        #expect(TupleFilter(recorded: expression) == nil)
    }

    @Test func aLongFilterOfASavefileIsNotAsked() {
        func ports(_ count: Int) -> String { (1...count).map { "port \($0)" }.joined(separator: " or ") }
        #expect(TupleFilter(recorded: ports(30)) != nil)
        #expect(TupleFilter(recorded: ports(400)) == nil)
        let nested = String(repeating: "(", count: 20_000) + "udp" + String(repeating: ")", count: 20_000)
        #expect(TupleFilter(recorded: nested) == nil)
    }

    // MARK: Other link layers

    @Test(arguments: ["vlan 5 and udp", "ether host 02:00:00:00:00:01", "mpls"])
    func whatAsksForTheLinkLayerCannotBeAskedOfTuples(expression: String) throws {
        let filter = try TupleFilter(expression)
        #expect(filter.doubt != nil)
        #expect(filter.admits(Self.session().record.original) == nil)
        #expect(TupleFilter(recorded: expression) == nil)
    }

    @Test func whatMeansNothingOnEthernetCannotBeAskedAndSaysSo() throws {
        let filter = try TupleFilter("type mgt")
        #expect(filter.doubt != nil)
        #expect(filter.admits(Self.session().record.original) == nil)
    }
}
