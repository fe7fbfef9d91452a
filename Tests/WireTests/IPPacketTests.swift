import FlowModel
import Testing
import Wire

struct IPPacketTests {
    @Test
    func fragmentsOfOnePacketHaveItsIdentification() throws {
        func identification(_ fragment: UInt16) throws -> (UInt32?, isLater: Bool) {
            let bytes = [UInt8].ipv4(17, .ports(4000, 53), fragment: fragment)
            let packet = try decode(bytes)
            return (packet.fragmentIdentification, packet.isLaterFragment)
        }
        #expect(try identification(0x2000) == (0x1234, false), "more fragments follow")
        #expect(try identification(0x2001) == (0x1234, true))
        #expect(try identification(0x0001) == (0x1234, true), "the last one")
        #expect(try identification(0x4000) == (nil, false), "do not fragment")
        let header: [UInt8] = [17, 0, 0, 1, 0xde, 0xad, 0xbe, 0xef]
        let packet = try decode([UInt8].ipv6(44, header + .ports(4000, 53)))
        #expect(packet.fragmentIdentification == 0xdead_beef)
        #expect(!packet.isLaterFragment)
    }

    @Test
    func aLengthThatTheHeaderDoesNotTellIsALowerBound() throws {
        let bytes = [UInt8].ipv4(17, .ports(4000, 53), length: 0)
        let packet = try decode(bytes)
        #expect(packet.isLengthUnknown)
        #expect(packet.byteCount == UInt64(bytes.count))
    }

    private func decode(_ bytes: [UInt8]) throws(WireFault) -> IPPacket { try IPPacket(bytes.reader) }

    @Test
    func aTCPPacketsTupleSizeAndFlagsAreRead() throws {
        let packet = try decode(.ipv4(6, .tcp(51514, 443, flags: 0x12)))
        #expect(packet.key == .web)
        #expect(packet.byteCount == 40)
        #expect(packet.transportOffset == 20)
        #expect(packet.tcpFlags == 0x12)
        #expect(!packet.isICMPError)
    }

    @Test(arguments: [.udp, .udpLite, .sctp, .dccp] as [TransportProtocol])
    func theProtocolsWithPortsAreReadAlike(_ transport: TransportProtocol) throws {
        for bytes in [[UInt8].ipv4(transport.rawValue, .ports(5353, 53)), .ipv6(transport.rawValue, .ports(5353, 53))] {
            let packet = try decode(bytes)
            #expect(packet.key.transport == transport)
            #expect(packet.key.sourcePort == 5353)
            #expect(packet.key.destinationPort == 53)
            #expect(packet.tcpFlags == nil)
        }
        #expect(try decode(.ipv6(17, .ports(5353, 53))).key == .names)
    }

    @Test(arguments: 0...10)
    func optionsOfIPv4AreSkipped(words: Int) throws {
        let packet = try decode(.ipv4(6, .tcp(51514, 443, flags: 2), optionWords: words))
        #expect(packet.key == .web)
        #expect(packet.transportOffset == 20 + 4 * words)
    }

    @Test
    func onlyTheFirstFragmentHasPorts() throws {
        let first = try decode(.ipv4(17, .ports(5353, 53), fragment: 0x2000))
        #expect(first.key.destinationPort == 53)
        #expect(!first.isLaterFragment)
        let later = try decode(.ipv4(17, .ports(5353, 53), fragment: 0x00b9))
        #expect(later.key.destinationPort == 0)
        #expect(later.key.transport == .udp)
        #expect(later.isLaterFragment)
        #expect(try decode(.ipv4(17, [], fragment: 0x00b9)).isLaterFragment, "needs no transport header")
    }

    @Test
    func pingsCarryTheirIdentifierTypeAndCode() throws {
        let request = try decode(.ipv4(1, .icmp(8, 0, [0x12, 0x34, 0, 1])))
        #expect(request.key == .ping)
        #expect(try decode(.ipv6(58, .icmp(128, 0, [0x43, 0x21, 0, 1]))).key == .ping6)
        let advertisement = try decode(.ipv6(58, .icmp(136, 0, [0x43, 0x21, 0, 1])))
        #expect(advertisement.key.icmpIdentifier == 0, "neighbour discovery has no identifier")
        #expect(advertisement.key.icmpType == 136)
    }

    @Test(arguments: [3, 4, 5, 11, 12] as [UInt8])
    func anICMPErrorLeadsToThePacketItSpeaksOf(type: UInt8) throws {
        let inner = [UInt8].ipv4(6, .tcp(51514, 443, flags: 2)).prefix(28)  // as RFC 792 has it: the header and 8 bytes
        let packet = try decode(.ipv4(1, .icmp(type, 1, [0, 0, 0, 0] + inner)))
        #expect(packet.isICMPError)
        #expect(packet.key == .web)
        #expect(packet.byteCount == 56, "the size is the error's own")
        #expect(packet.tcpFlags == nil, "the flags were the other packet's")
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt8])
    func anICMPv6ErrorLeadsToThePacketItSpeaksOf(type: UInt8) throws {
        let packet = try decode(.ipv6(58, .icmp(type, 0, [0, 0, 0, 0] + .ipv6(17, .ports(5353, 53)))))
        #expect(packet.isICMPError)
        #expect(packet.key == .names)
    }

    /// An error about an error is never sent; who sends one does not make the decoder descend.
    @Test
    func anErrorWithinAnErrorIsNotFollowed() throws {
        var bytes = [UInt8].ipv4(17, .ports(1, 2))
        for _ in 0..<100 { bytes = .ipv4(1, .icmp(3, 1, [0, 0, 0, 0] + bytes)) }
        let packet = try decode(bytes)
        #expect(packet.isICMPError)
        #expect(packet.key.transport == .icmp)
        #expect(packet.key.icmpType == 3)
    }

    @Test
    func greHasAKeyInVersionOneOnly() throws {
        let plain = try decode(.ipv4(47, [0x20, 0, 0x08, 0, 0xaa, 0xbb, 0xcc, 0xdd]))
        #expect(plain.key.transport == .gre)
        #expect(plain.key.sourcePort == 0 && plain.key.destinationPort == 0)
        let pptp = try decode(.ipv4(47, [0x30, 0x81, 0x88, 0x0b, 0, 10, 0x77, 0x66]))
        #expect(pptp.key.sourcePort == 0)
        #expect(pptp.key.destinationPort == 0x7766)
    }

    @Test
    func aProtocolWithoutPortsHasItsAddresses() throws {
        let packet = try decode(.ipv4(50, [1, 2, 3, 4]))
        #expect(packet.key.transport == TransportProtocol(rawValue: 50))
        #expect(packet.key.source == FlowKey.web.source)
        #expect(packet.key.sourcePort == 0)
    }

    @Test
    func aLengthOfZeroMeansAsMuchAsWasCaptured() throws {
        #expect(try decode(.ipv4(17, .ports(1, 2, count: 30), length: 0)).byteCount == 50)
        #expect(try decode(.ipv6(17, .ports(1, 2, count: 30), length: 0)).byteCount == 70)
        #expect(try decode(.ipv6(59, [], length: 0)).byteCount == 40)
    }

    @Test
    func aCopyRangeDoesNotChangeTheSize() throws {
        let packet = try decode(.ipv4(6, .tcp(51514, 443, flags: 2), length: 1500))
        #expect(packet.byteCount == 1500)
    }

    @Test
    func whatIsNotIPIsSaidToBe() {
        for version in [0, 1, 5, 7, 15] as [UInt8] {
            #expect(throws: WireFault.notIP) { try decode([version << 4] + [UInt8](repeating: 0, count: 60)) }
        }
        for words in 0..<5 as Range<UInt8> {
            #expect(throws: WireFault.packetHeader) {
                try decode([0x40 | words] + [UInt8](repeating: 0, count: 60))
            }
        }
    }

    struct Cut: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        /// How many bytes the tuple needs.
        var needed: Int
    }

    @Test(arguments: [
        Cut(testDescription: "IPv4, TCP", bytes: .ipv4(6, .tcp(1, 2, flags: 2)), needed: 24),
        Cut(testDescription: "IPv4 with options, UDP", bytes: .ipv4(17, .ports(1, 2), optionWords: 3), needed: 36),
        Cut(testDescription: "IPv4, a later fragment", bytes: .ipv4(17, [1, 2, 3, 4], fragment: 9), needed: 20),
        Cut(testDescription: "IPv4, ICMP", bytes: .ipv4(1, .icmp(8, 0, [1, 2, 3, 4])), needed: 26),
        Cut(testDescription: "IPv4, GRE", bytes: .ipv4(47, [0x20, 0, 8, 0, 1, 2, 3, 4]), needed: 22),
        Cut(testDescription: "IPv4, PPTP", bytes: .ipv4(47, [0x30, 0x81, 0x88, 0x0b, 0, 10, 1, 2]), needed: 28),
        Cut(testDescription: "IPv4, ESP", bytes: .ipv4(50, [1, 2, 3, 4]), needed: 20),
        Cut(
            testDescription: "IPv4, an ICMP error",
            bytes: .ipv4(1, .icmp(3, 1, [0, 0, 0, 0] + .ipv4(17, .ports(1, 2)))), needed: 52),
        Cut(testDescription: "IPv6, SCTP", bytes: .ipv6(132, .ports(1, 2, count: 12)), needed: 44),
        Cut(
            testDescription: "IPv6, hop-by-hop options, UDP",
            bytes: .ipv6(0, [17, 1] + [UInt8](repeating: 0, count: 14) + .ports(1, 2)), needed: 60),
        Cut(
            testDescription: "IPv6, an ICMPv6 error",
            bytes: .ipv6(58, .icmp(1, 4, [0, 0, 0, 0] + .ipv6(17, .ports(1, 2)))), needed: 92),
    ])
    func aPacketCutWithinItsIPHeaderIsRejectedAndOneCutBehindItHasNoPorts(_ cut: Cut) throws {
        let whole = try decode(cut.bytes)
        let header = whole.key.family == .ipv4 ? 20 : 40
        for length in 0..<header {
            #expect(throws: WireFault.packetCut) { try decode(Array(cut.bytes.prefix(length))) }
        }
        for length in header..<cut.needed {
            let packet = try decode(Array(cut.bytes.prefix(length)))
            #expect(packet.key.sourcePort == 0)
            #expect(!packet.isICMPError)
            #expect(packet.byteCount == UInt64(cut.bytes.count))
        }
        for length in cut.needed...cut.bytes.count {
            let packet = try decode(Array(cut.bytes.prefix(length)))
            #expect(packet.key == (try decode(cut.bytes)).key)
            #expect(packet.byteCount == UInt64(cut.bytes.count))
        }
    }
}
