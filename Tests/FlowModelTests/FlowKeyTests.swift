import FlowModel
import Testing

struct FlowKeyTests {
    private static let web = FlowKey(
        source: IPAddress(ipv4: 0x0a00_0007), destination: IPAddress(ipv4: 0xc633_6409), sourcePort: 51514,
        destinationPort: 443, transport: .tcp, family: .ipv4, zone: 3)

    @Test
    func theAnswerGoesBetweenTheSamePortsInTheSameZone() {
        let answer = Self.web.inverse
        #expect(answer.source == Self.web.destination)
        #expect(answer.destination == Self.web.source)
        #expect(answer.sourcePort == 443)
        #expect(answer.destinationPort == 51514)
        #expect(answer.zone == 3)
        #expect(answer.inverse == Self.web)
    }

    /// Type of a query, type of its answer (nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c).
    @Test(
        arguments: [
            (AddressFamily.ipv4, 8, 0), (.ipv4, 13, 14), (.ipv4, 15, 16), (.ipv4, 17, 18), (.ipv6, 128, 129),
            (.ipv6, 139, 140),
        ] as [(AddressFamily, UInt16, UInt16)])
    func anICMPQuerysAnswerHasTheAnswersType(family: AddressFamily, query: UInt16, answer: UInt16) {
        let transport: TransportProtocol = family == .ipv4 ? .icmp : .icmpv6
        let key = FlowKey(
            source: Self.web.source, destination: Self.web.destination, sourcePort: 0x1234,
            destinationPort: query << 8, transport: transport, family: family)
        #expect(key.inverse.icmpType == answer)
        #expect(key.inverse.icmpIdentifier == 0x1234)
        #expect(key.inverse.source == key.destination)
        #expect(key.inverse.inverse == key)
    }

    @Test
    func anICMPTypeWithoutAnAnswerIsKept() {
        let key = FlowKey(
            source: Self.web.source, destination: Self.web.destination, destinationPort: 3 << 8 | 1, transport: .icmp,
            family: .ipv4)
        #expect(key.inverse.icmpType == 3)
        #expect(key.inverse.icmpCode == 1)
    }

    @Test
    func aKeyTakesFortyBytes() { #expect(MemoryLayout<FlowKey>.stride == 40) }
}
