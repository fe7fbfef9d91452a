import Testing

@testable import FlowModel

/// The vectors are those of the specification's baseline and of its reference implementation's tests.
struct CommunityIDTests {
    @Test(
        arguments: [
            (6, "128.232.110.120", 34855, "66.35.250.204", 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
            (6, "10.0.0.1", 10, "10.0.0.2", 11569, "1:SXBGMX1lBOwhhoDrZynfROxnhnM="),
            (
                6, "2001:470:e5bf:dead:4957:2174:e82c:4887", 63943, "2607:f8b0:400c:c03::1a", 25,
                "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="
            ),
            (17, "192.168.1.52", 54585, "8.8.8.8", 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
            (132, "192.168.170.8", 7, "192.168.170.56", 7, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs="),
            (132, "192.168.170.8", 7, "192.168.170.56", 80, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="),
            (46, "10.1.12.1", 0, "10.1.12.2", 0, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw="),
            (46, "10.1.24.4", 0, "10.1.12.1", 0, "1:/nQI4Rh/TtY3mf0R2gJFBkVlgS4="),
        ] as [(UInt8, String, UInt16, String, UInt16, String)])
    func bothDirectionsHaveThePublishedID(
        number: UInt8, source: String, sourcePort: UInt16, destination: String, destinationPort: UInt16, id: String
    ) throws {
        let key = try Self.key(number, source, sourcePort, destination, destinationPort)
        #expect(Self.text(key) == id)
        #expect(Self.text(key.inverse) == id)
    }

    /// Type of the message from the first address, type of its answer from the second.
    @Test(
        arguments: [
            ("192.168.0.89", 8, "192.168.0.1", 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
            ("fe80::200:86ff:fe05:80da", 135, "fe80::260:97ff:fe07:69ea", 136, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="),
            ("fe80::260:97ff:fe07:69ea", 135, "fe80::200:86ff:fe05:80da", 136, "1:zavyT/cezQr1fmImYCwYnMXbgck="),
            (
                "3ffe:507:0:1:200:86ff:fe05:80da", 128, "3ffe:501:0:1001::2", 129, "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg="
            ),
            ("fe80::200:86ff:fe05:80da", 133, "ff02::2", 134, "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0="),
            ("fe80::260:97ff:fe07:69ea", 134, "ff02::1", 133, "1:pkvHqCL88/tg1k4cPigmZXUtL00="),
        ] as [(String, UInt8, String, UInt8, String)])
    func anICMPExchangeHasThePublishedIDWhateverItsIdentifier(
        source: String, query: UInt8, destination: String, answer: UInt8, id: String
    ) throws {
        for identifier: UInt16 in [1, 4711] {
            #expect(try Self.text(Self.message(source, destination, type: query, identifier: identifier)) == id)
            #expect(try Self.text(Self.message(destination, source, type: answer, identifier: identifier)) == id)
        }
    }

    @Test(
        arguments: [
            ("192.168.0.89", "192.168.0.1", 20, 0, "1:3o2RFccXzUgjl7zDpqmY7yJi8rI="),
            ("192.168.0.89", "192.168.0.1", 20, 1, "1:tz/fHIDUHs19NkixVVoOZywde+I="),
            ("10.0.0.1", "10.0.0.2", 11, 0, "1:YHxtAirCG//0OzkcVAukqKQN9xM="),
            ("3ffe:501:1800:2345::2", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0, "1:2ObVBgIn28oZvibYZhZMBgh7WdQ="),
            (
                "3ffe:501:410:0:2c0:dfff:fe47:33e", "3ffe:507:0:1:200:86ff:fe05:80da", 1, 4,
                "1:hLZd0XGWojozrvxqE0dWB1iM6R0="
            ),
            (
                "3ffe:507:0:1:260:97ff:fe07:69ea", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0,
                "1:NdobDX8PQNJbAyfkWxhtL2Pqp5w="
            ),
            (
                "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:507:0:1:260:97ff:fe07:69ea", 3, 0,
                "1:/OGBt9BN1ofenrmSPWYicpij2Vc="
            ),
        ] as [(String, String, UInt8, UInt8, String)])
    func aMessageWithoutAnAnswerHasThePublishedIDAndItsOppositeAnother(
        source: String, destination: String, type: UInt8, code: UInt8, id: String
    ) throws {
        #expect(try Self.text(Self.message(source, destination, type: type, code: code)) == id)
        #expect(try Self.text(Self.message(destination, source, type: type, code: code)) != id)
    }

    @Test
    func everyICMPTypeThatAnswersAnotherIsTheSameFlowAsThatOne() throws {
        let pairs: [(source: String, destination: String, types: [(UInt8, UInt8)])] = [
            ("10.0.0.7", "192.0.2.9", [(0, 8), (9, 10), (13, 14), (15, 16), (17, 18)]),
            ("fd00::7", "2001:db8::9", [(128, 129), (130, 131), (133, 134), (135, 136), (139, 140), (144, 145)]),
        ]
        for (near, far, types) in pairs {
            for (one, other) in types {
                let there = try Self.message(near, far, type: one, identifier: 7)
                let back = try Self.message(far, near, type: other, identifier: 7)
                #expect(Self.text(there) == Self.text(back), "\(one) and \(other)")
                // The code of such a message is no part of it.
                #expect(try Self.text(there) == Self.text(Self.message(near, far, type: one, code: 1, identifier: 7)))
            }
        }
    }

    /// The specification counts ports of TCP, UDP and SCTP alone.
    @Test(arguments: [33, 47, 50, 136] as [UInt8])
    func portsOfOtherProtocolsAreNoPartOfIt(number: UInt8) throws {
        let key = try Self.key(number, "10.0.0.7", 1000, "192.0.2.9", 2000)
        #expect(Self.text(key) != nil)
        #expect(try Self.text(key) == Self.text(Self.key(number, "10.0.0.7", 0, "192.0.2.9", 0)))
    }

    @Test
    func betweenTheSameAddressThePortsDecideTheOrder() throws {
        let key = try Self.key(6, "127.0.0.1", 80, "127.0.0.1", 1234)
        #expect(Self.text(key) == "1:CClrqgOo/86/YM8mzzGpJkw9tqQ=")
        #expect(Self.text(key.inverse) == Self.text(key))
    }

    @Test
    func aMappedAddressInAnIPv6PacketIsNoIPv4Address() throws {
        var key = try Self.key(6, "10.0.0.7", 1000, "192.0.2.9", 80)
        let id = Self.text(key)
        key.family = .ipv6
        #expect(Self.text(key) != id)
    }

    @Test
    func theZoneIsNoPartOfIt() throws {
        var key = try Self.key(6, "10.0.0.7", 1000, "192.0.2.9", 80)
        let id = Self.text(key)
        key.zone = 5
        #expect(Self.text(key) == id)
    }

    /// A later fragment, or a packet of which too little was copied, leaves zeros.
    @Test
    func aTupleWithoutItsPortsHasNone() throws {
        for number: UInt8 in [6, 17, 132] {
            #expect(try Self.text(Self.key(number, "10.0.0.7", 0, "192.0.2.9", 0)) == nil)
        }
        #expect(try Self.text(Self.message("10.0.0.7", "192.0.2.9", type: 0)) == nil)
    }

    /// Every value of six bits at each of the eight places, beside the alphabet.
    @Test
    func everyCharacterOfBase64IsWritten() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for place: UInt64 in 0..<8 {
            for value: UInt64 in 0..<64 {
                let text = Base64Word.ascii(value << (42 - 6 * place))
                for other: UInt64 in 0..<8 {
                    let character = UInt8(truncatingIfNeeded: text >> (8 * other))
                    #expect(character == alphabet[other == place ? Int(value) : 0])
                }
            }
        }
    }
}

extension CommunityIDTests {
    private static func key(
        _ number: UInt8, _ source: String, _ sourcePort: UInt16, _ destination: String, _ destinationPort: UInt16
    ) throws -> FlowKey {
        let (source, destination) = try (#require(IPAddress.parse(source)), #require(IPAddress.parse(destination)))
        return FlowKey(
            source: source.address, destination: destination.address, sourcePort: sourcePort,
            destinationPort: destinationPort, transport: TransportProtocol(rawValue: number), family: source.family)
    }

    private static func message(
        _ source: String, _ destination: String, type: UInt8, code: UInt8 = 0, identifier: UInt16 = 0
    ) throws -> FlowKey {
        let isIPv6 = source.contains(":")
        return try key(
            isIPv6 ? 58 : 1, source, identifier, destination, UInt16(type) << 8 | UInt16(code))
    }

    private static func text(_ key: FlowKey) -> String? {
        guard let text = CommunityID(of: key)?.text else { return nil }
        let bytes = [text.0, text.1, text.2, text.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        return String(decoding: bytes.prefix(CommunityID.textLength), as: UTF8.self)
    }
}
