import FlowModel
import Testing

struct FlowKeyTests {
    private static let web = FlowKey(
        source: IPAddress(ipv4: 0x0a00_0007), destination: IPAddress(ipv4: 0xc633_6409), sourcePort: 51514,
        destinationPort: 443, transport: .tcp, family: .ipv4, zone: 3)

    @Test
    func keysOfAnotherAddressDiffer() {
        let parts: [WritableKeyPath<FlowKey, UInt64>] = [
            \.source.high, \.source.low, \.destination.high, \.destination.low,
        ]
        for part in parts {
            for bit in 0..<64 {
                var other = Self.web
                other[keyPath: part] ^= 1 << bit
                #expect(other != Self.web)
            }
        }
    }

    @Test
    func keysThatDifferInAnyOtherPartDiffer() {
        var others = [FlowKey](repeating: Self.web, count: 5)
        others[0].sourcePort ^= 1 << 15
        others[1].destinationPort ^= 1
        others[2].zone ^= 1 << 15
        others[3].transport = .udp
        others[4].family = .ipv6
        for other in others { #expect(other != Self.web) }
        let same = Self.web
        #expect(same == Self.web)
    }

    @Test
    func bothWaysAreComparedAsEachByItself() {
        var others = [FlowKey](repeating: Self.web, count: 7)
        others[1].zone = 7
        others[2].sourcePort ^= 1
        others[3].destinationPort ^= 1 << 15
        others[4].source.low ^= 1
        others[5].destination.high ^= 1 << 63
        others[6].transport = .udp
        for other in others.flatMap({ [$0, $0.inverse] }) {
            #expect(Self.web.matches(ported: other, isBack: false) == Self.web.equalsButForZone(other))
            #expect(Self.web.matches(ported: other, isBack: true) == Self.web.answers(other))
        }
        #expect(others.map(Self.web.equalsButForZone) == [true, true, false, false, false, false, false])
        #expect(others.map(\.inverse).map(Self.web.answers) == [true, true, false, false, false, false, false])
    }

    @Test
    func theAnswerGoesBetweenTheSamePortsInTheSameZone() {
        let answer = Self.web.inverse
        #expect(answer.source == Self.web.destination)
        #expect(answer.destination == Self.web.source)
        #expect(answer.sourcePort == 443)
        #expect(answer.destinationPort == 51514)
        #expect(answer.zone == 3)
        #expect(answer.inverse == Self.web)
        #expect(answer.answers(Self.web))
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
