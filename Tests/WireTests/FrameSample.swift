import FlowModel
import Testing
import Wire

/// A frame written by hand, and where its IP packet begins.
struct FrameSample: Sendable, CustomTestStringConvertible {
    var name: String
    var linkType: LinkType
    var header: [UInt8]
    var packet: [UInt8] = .ipv4(17, .ports(4000, 53))
    var interface: InterfaceIndex = 0
    var direction = FrameDirection.unknown
    var vlan: UInt16?

    var bytes: [UInt8] { header + packet }
    var testDescription: String { name }

    /// Destination, source, Ethertype.
    static func ethernet(_ etherType: UInt16, _ rest: [UInt8] = []) -> [UInt8] {
        [0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2] + [UInt8](big: etherType) + rest
    }

    /// Packet type, hardware, address, protocol.
    static func cooked(_ packetType: UInt16, _ etherType: UInt16, hardware: UInt16 = 1) -> [UInt8] {
        [UInt8](big: packetType) + [UInt8](big: hardware) + [0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + [UInt8](big: etherType)
    }

    static func cooked2(
        _ packetType: UInt8, _ etherType: UInt16, interface: UInt32, hardware: UInt16 = 1
    ) -> [UInt8] {
        [UInt8](big: etherType) + [0, 0] + [UInt8](big: interface) + [UInt8](big: hardware)
            + [packetType, 6, 2, 0, 0, 0, 0, 1, 0, 0]
    }

    static let ipv6: [UInt8] = .ipv6(17, .ports(5353, 53))

    static let all: [FrameSample] = [
        FrameSample(name: "Ethernet", linkType: .ethernet, header: ethernet(0x0800)),
        FrameSample(name: "Ethernet with IPv6", linkType: .ethernet, header: ethernet(0x86dd), packet: ipv6),
        FrameSample(
            name: "802.1Q", linkType: .ethernet, header: ethernet(0x8100, [0x20, 0x64, 0x08, 0x00]), vlan: 0x2064),
        FrameSample(
            name: "802.1Q in 802.1ad", linkType: .ethernet,
            header: ethernet(0x88a8, [0x00, 0x0a, 0x81, 0x00, 0x00, 0x14, 0x86, 0xdd]), packet: ipv6, vlan: 10),
        FrameSample(
            name: "three tags", linkType: .ethernet,
            header: ethernet(0x9100, [0, 1, 0x81, 0x00, 0, 2, 0x81, 0x00, 0, 3, 0x08, 0x00]), vlan: 1),
        FrameSample(
            name: "PPPoE", linkType: .ethernet, header: ethernet(0x8864, [0x11, 0, 0, 7, 0, 30, 0x00, 0x21])),
        FrameSample(
            name: "IPv6 in PPPoE in 802.1Q", linkType: .ethernet,
            header: ethernet(0x8100, [0, 7, 0x88, 0x64, 0x11, 0, 0, 7, 0, 50, 0x00, 0x57]), packet: ipv6, vlan: 7),
        FrameSample(
            name: "two MPLS labels", linkType: .ethernet, header: ethernet(0x8847, [0, 1, 0x00, 64, 0, 2, 0x01, 64])),
        FrameSample(
            name: "SNAP", linkType: .ethernet, header: ethernet(36, [0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0x00])),
        FrameSample(name: "cooked, in", linkType: .linuxCooked, header: cooked(0, 0x0800), direction: .ingress),
        FrameSample(
            name: "cooked, multicast", linkType: .linuxCooked, header: cooked(2, 0x86dd), packet: ipv6,
            direction: .ingress),
        FrameSample(name: "cooked, out", linkType: .linuxCooked, header: cooked(4, 0x0800), direction: .egress),
        FrameSample(
            name: "cooked, tagged", linkType: .linuxCooked, header: cooked(3, 0x8100) + [0, 5, 0x08, 0x00],
            direction: .ingress, vlan: 5),
        FrameSample(
            name: "cooked 2, in", linkType: .linuxCooked2, header: cooked2(1, 0x0800, interface: 7), interface: 7,
            direction: .ingress),
        FrameSample(
            name: "cooked 2, out", linkType: .linuxCooked2, header: cooked2(4, 0x86dd, interface: 70_000),
            packet: ipv6, interface: 70_000, direction: .egress),
        FrameSample(name: "raw", linkType: .raw, header: []),
        FrameSample(name: "raw of BSD", linkType: .rawBSD, header: [], packet: ipv6),
        FrameSample(name: "IPv4", linkType: .ipv4, header: []),
        FrameSample(name: "IPv6", linkType: .ipv6, header: [], packet: ipv6),
        FrameSample(name: "null, little-endian", linkType: .null, header: [2, 0, 0, 0]),
        FrameSample(name: "null, big-endian", linkType: .null, header: [0, 0, 0, 2]),
        FrameSample(name: "null, IPv6 of Darwin", linkType: .null, header: [30, 0, 0, 0], packet: ipv6),
        FrameSample(name: "loop, IPv6 of OpenBSD", linkType: .loop, header: [0, 0, 0, 24], packet: ipv6),
    ]
}
