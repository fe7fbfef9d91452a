import FlowModel
import Testing
import Wire

struct ExtensionHeaderTests {
    /// A chain of IPv6 extension headers: what the headers are, and how long they must come out.
    struct Chain: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var first: UInt8
        var bytes: [UInt8]
    }

    private static func options(_ next: UInt8, units: UInt8 = 0) -> [UInt8] {
        [next, units] + [UInt8](repeating: 0, count: 6 + 8 * Int(units))
    }

    private static func fragment(_ next: UInt8, offset: UInt16) -> [UInt8] {
        [next, 0] + [UInt8](big: offset << 3 | 1) + [0, 0, 0, 9]
    }

    @Test(arguments: [
        Chain(testDescription: "none", first: 17, bytes: []),
        Chain(testDescription: "hop-by-hop", first: 0, bytes: options(17)),
        Chain(testDescription: "routing of 24 bytes", first: 43, bytes: options(17, units: 2)),
        Chain(testDescription: "destination options, longest", first: 60, bytes: options(17, units: 255)),
        Chain(
            testDescription: "authentication, which counts in words", first: 51,
            bytes: [17, 4] + [UInt8](repeating: 0, count: 22)),
        Chain(testDescription: "first fragment", first: 44, bytes: fragment(17, offset: 0)),
        Chain(
            testDescription: "all in the order that RFC 8200 recommends", first: 0,
            bytes: options(60) + options(43) + options(44, units: 1) + fragment(51, offset: 0)
                + [60, 1] + [UInt8](repeating: 0, count: 10) + options(17)),
    ])
    func extensionHeadersAreSkipped(_ chain: Chain) throws {
        let bytes = [UInt8].ipv6(chain.first, chain.bytes + .ports(5353, 53))
        let packet = try IPPacket(bytes.reader)
        #expect(packet.key == .names)
        #expect(packet.transportOffset == 40 + chain.bytes.count)
        for length in 0..<40 {
            let prefix = Array(bytes.prefix(length))
            #expect(throws: WireFault.packetCut) { try IPPacket(prefix.reader) }
        }
        for length in 40..<44 + chain.bytes.count {
            let prefix = Array(bytes.prefix(length))
            let cut = try IPPacket(prefix.reader)
            #expect(cut.key.source == packet.key.source && cut.key.sourcePort == 0, "a denial of it is seen")
        }
    }

    @Test
    func aLaterFragmentHasNoPortsAndNothingBehindItIsAHeader() throws {
        let chain = Self.options(44) + Self.fragment(60, offset: 185)
        let packet = try IPPacket([UInt8].ipv6(0, chain + [0xff, 0xff, 0xff, 0xff]).reader)
        #expect(packet.isLaterFragment)
        #expect(packet.key.sourcePort == 0)
        #expect(packet.transportOffset == 40 + chain.count)
    }

    @Test
    func aChainAsLongAsThePacketEndsWithIt() throws {
        let bytes = [UInt8].ipv6(0, (0..<8000).flatMap { _ in Self.options(0) })
        #expect(try IPPacket(bytes.reader).key.sourcePort == 0)
    }

    @Test
    func encryptionAndNoNextHeaderAreTransports() throws {
        for transport in [50, 59] as [UInt8] {
            let packet = try IPPacket([UInt8].ipv6(transport, [1, 2, 3, 4]).reader)
            #expect(packet.key.transport.rawValue == transport)
        }
    }
}
