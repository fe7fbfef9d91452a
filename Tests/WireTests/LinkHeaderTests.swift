import FlowModel
import Testing
import Wire

struct LinkHeaderTests {
    /// What is read of a frame; the capture's own facts are for where the header says nothing.
    private func read(
        _ bytes: [UInt8], _ linkType: LinkType, interface: InterfaceIndex = 0,
        direction: FrameDirection = .unknown, vlan: UInt16? = nil
    ) throws(WireFault) -> LinkHeader {
        let facts = FrameFacts(
            time: Timestamp(nanoseconds: 0), originalLength: bytes.count, interface: interface, direction: direction,
            linkType: linkType, vlan: vlan)
        return try LinkHeader(Frame(bytes.reader, facts))
    }

    @Test(arguments: FrameSample.all)
    func thePacketIsFoundBehindEveryHeader(_ sample: FrameSample) throws {
        let header = try read(sample.bytes, sample.linkType)
        #expect(header.length == sample.header.count)
        #expect(header.interface == sample.interface)
        #expect(header.direction == sample.direction)
        #expect(header.vlan == sample.vlan)
    }

    @Test(arguments: FrameSample.all)
    func aFrameThatEndsWithinItsHeaderIsCut(_ sample: FrameSample) {
        for length in 0..<sample.header.count {
            #expect(throws: WireFault.packetCut) { try read(Array(sample.header.prefix(length)), sample.linkType) }
        }
    }

    @Test
    func whatTheHeaderDoesNotSayTheCaptureDoes() throws {
        let plain = FrameSample.ethernet(0x0800)
        let header = try read(plain, .ethernet, interface: 3, direction: .egress, vlan: 0x2064)
        #expect((header.interface, header.direction) == (3, .egress))
        #expect(header.vlan == 0x2064)
        let unknown = FrameSample.cooked2(9, 0x0800, interface: 0)
        let cooked = try read(unknown, .linuxCooked2, interface: 3, direction: .ingress)
        #expect((cooked.interface, cooked.direction) == (3, .ingress))
    }

    @Test
    func theTagThatWasTakenOutIsTheOuterOne() throws {
        let tagged = FrameSample.ethernet(0x8100, [0, 9, 0x08, 0x00])
        #expect(try read(tagged, .ethernet, vlan: 5).vlan == 5)
    }

    /// A cooked header stands in for Ethernet's where the hardware says so; of other hardware nobody knows what there was.
    @Test
    func whatWasInFrontOfThePacketOnTheWireIsTold() throws {
        let tag: [UInt8] = [0, 9, 0x08, 0x00]
        let frames: [(bytes: [UInt8], linkType: LinkType, vlan: UInt16?, length: Int)] = [
            (FrameSample.ethernet(0x0800), .ethernet, nil, 14), (FrameSample.ethernet(0x0800), .ethernet, 5, 18),
            (FrameSample.ethernet(0x8100, tag), .ethernet, nil, 18),
            (FrameSample.ethernet(0x8100, tag), .ethernet, 5, 22),
            (FrameSample.cooked(0, 0x0800), .linuxCooked, nil, 14),
            (FrameSample.cooked2(0, 0x0800, interface: 3), .linuxCooked2, nil, 14),
            (FrameSample.cooked2(0, 0x8100, interface: 3) + tag, .linuxCooked2, nil, 18),
            (FrameSample.cooked2(0, 0x0800, interface: 3, hardware: 772), .linuxCooked2, nil, 14),
            (FrameSample.cooked2(0, 0x0800, interface: 3, hardware: 0xfffe), .linuxCooked2, nil, 0),
            ([], .raw, nil, 0), ([2, 0, 0, 0], .null, nil, 0),
        ]
        for frame in frames {
            #expect(try read(frame.bytes, frame.linkType, vlan: frame.vlan).wireLength == frame.length)
        }
    }

    @Test
    func whatCarriesNoIPPacketIsNotIP() {
        let frames: [(String, LinkType, [UInt8])] = [
            ("ARP", .ethernet, FrameSample.ethernet(0x0806)),
            ("LLDP", .ethernet, FrameSample.ethernet(0x88cc)),
            ("ARP in 802.1Q", .ethernet, FrameSample.ethernet(0x8100, [0, 1, 0x08, 0x06])),
            ("spanning tree", .ethernet, FrameSample.ethernet(38, [0x42, 0x42, 3])),
            ("SNAP without an Ethertype", .ethernet, FrameSample.ethernet(38, [0xaa, 0xaa, 3, 0, 0, 0, 0, 8])),
            ("PPPoE discovery", .ethernet, FrameSample.ethernet(0x8863, [0x11, 9, 0, 0, 0, 0])),
            ("PPP's own words in PPPoE", .ethernet, FrameSample.ethernet(0x8864, [0x11, 0, 0, 7, 0, 9, 0xc0, 0x21])),
            ("a pseudo-wire in MPLS", .ethernet, FrameSample.ethernet(0x8847, [0, 2, 0x01, 64, 0, 0, 0, 0])),
            ("ARP, cooked", .linuxCooked, FrameSample.cooked(0, 0x0806)),
            ("netlink of family 0x0800", .linuxCooked, FrameSample.cooked(0, 0x0800, hardware: 824)),
            ("netlink, cooked 2", .linuxCooked2, FrameSample.cooked2(0, 0x0800, interface: 1, hardware: 824)),
            ("AppleTalk", .null, [16, 0, 0, 0]),
            ("an NFLOG record", .nflog, [2, 0, 0, 100]),
        ]
        for (name, linkType, bytes) in frames {
            #expect(throws: WireFault.notIP, "\(name)") { try read(bytes, linkType) }
        }
    }
}
