import FlowModel
import Testing
import Wire

struct LinkMessageTests {
    struct Link: Equatable {
        var index: UInt32
        var name: String
        var isGone: Bool
    }

    private func link(type: UInt16, family: UInt8 = 0, index: UInt32 = 3, name: String = "wan0") -> [UInt8] {
        var body: [UInt8] = [family, 0, 1, 0] + [UInt8](native: index) + [UInt8](repeating: 0, count: 8)
        body.addAttribute(13, [UInt8](native: 1000 as UInt32))  // IFLA_TXQLEN
        body.addAttribute(3, [UInt8](text: name))
        return .netlinkMessage(type: type, body: body)
    }

    private func decode(_ datagram: [UInt8]) throws -> Link? {
        var messages = NetlinkMessages(datagram.reader)
        guard let message = try messages.next(), let link = try LinkMessage(message) else { return nil }
        let name = String(decoding: [UInt8](copying: link.name), as: UTF8.self)
        return Link(index: link.index, name: name, isGone: link.isGone)
    }

    @Test
    func anInterfaceThatComesAndGoesIsTold() throws {
        #expect(try decode(link(type: 16)) == Link(index: 3, name: "wan0", isGone: false))
        #expect(try decode(link(type: 17)) == Link(index: 3, name: "wan0", isGone: true))
    }

    @Test
    func aBridgesWordAboutItsPortIsNotTheInterfacesEnd() throws {
        #expect(try decode(link(type: 17, family: 7)) == nil)
    }

    @Test
    func whatAnInterfaceIsMadeOfIsToldWhereItIsOfTheSameHost() throws {
        func lower(_ attributes: [(UInt16, UInt32)]) throws -> InterfaceIndex? {
            var body: [UInt8] = [0, 0, 1, 0] + [UInt8](native: 3 as UInt32) + [UInt8](repeating: 0, count: 8)
            for (type, value) in attributes { body.addAttribute(type, [UInt8](native: value)) }
            let datagram = [UInt8].netlinkMessage(type: 16, body: body)
            var messages = NetlinkMessages(datagram.reader)
            guard let message = try messages.next() else { return nil }
            return try LinkMessage(message)?.lower
        }
        #expect(try lower([(5, 2)]) == 2)
        #expect(try lower([]) == nil)
        #expect(try lower([(5, 3)]) == nil, "itself")
        #expect(try lower([(5, 0)]) == nil)
        // A cable's other end, in another namespace, has a number of that one.
        #expect(try lower([(5, 2), (37, 0)]) == nil)
    }

    @Test
    func aConnectionThatAnotherInterfaceMayCarryIsToldByItsHardware() throws {
        func isCarried(_ hardware: UInt16) throws -> Bool? {
            let head: [UInt8] = [0, 0] + [UInt8](native: hardware) + [UInt8](native: 3 as UInt32)
            let datagram = [UInt8].netlinkMessage(type: 16, body: head + [UInt8](repeating: 0, count: 8))
            var messages = NetlinkMessages(datagram.reader)
            guard let message = try messages.next() else { return nil }
            return try LinkMessage(message)?.isCarried
        }
        #expect(try isCarried(512) == true)
        #expect(try isCarried(1) == false)
    }

    @Test
    func whatKindOfInterfaceItIsIsTold() throws {
        func link(_ kind: String, _ data: [(UInt16, UInt8)] = [], address: [UInt8]) throws -> InterfaceStack.Link? {
            var (info, details): ([UInt8], [UInt8]) = ([], [])
            info.addAttribute(1, [UInt8](text: kind))
            for (type, value) in data { details.addAttribute(type, [value]) }
            info.addAttribute(2, details)
            var body: [UInt8] = [0, 0, 1, 0] + [UInt8](native: 3 as UInt32) + [UInt8](repeating: 0, count: 8)
            body.addAttribute(1, address)
            body.addAttribute(10, [UInt8](native: 9 as UInt32))
            body.addAttribute(18, info)
            let datagram = [UInt8].netlinkMessage(type: 16, body: body)
            var messages = NetlinkMessages(datagram.reader)
            guard let message = try messages.next() else { return nil }
            return try LinkMessage(message)?.link
        }
        #expect(
            try link("bridge", [(36, 1), (37, 0)], address: [2, 0, 0, 0, 0, 9])
                == .init(.bridge, address: 0x0200_0000_0009, master: 9, callsFirewall: [.ipv4]))
        #expect(try link("macvlan", [(36, 1)], address: [9])?.kind == .upper)
        #expect(try link("macvlan", [(36, 1)], address: [9])?.callsFirewall == [])
        #expect(try link("macvtap", address: [9])?.kind == .other)
        #expect(try link("vrf", address: [UInt8](repeating: 1, count: 20)) == .init(.routing, master: 9))
    }

    @Test
    func otherMessagesAreNobodysError() throws { #expect(try decode(link(type: 20)) == nil) }

    @Test
    func aMessageShorterThanItsHeaderIsRejectedAtEveryLength() {
        for length in 0..<16 {
            #expect(throws: WireFault.familyHeader) {
                try decode(.netlinkMessage(type: 16, body: [UInt8](repeating: 0, count: length)))
            }
        }
    }

    @Test(arguments: [(0x11043, true), (0x11143, true), (0x1002, false), (0x1003, false)] as [(UInt32, Bool)])
    func anInterfaceCarriesWhereItIsUpAndConnected(flags: UInt32, carries: Bool) throws {
        let head: [UInt8] = [0, 0, 1, 0] + [UInt8](native: 3 as UInt32)
        let datagram = [UInt8].netlinkMessage(type: 16, body: head + [UInt8](native: flags) + [0, 0, 0, 0])
        var messages = NetlinkMessages(datagram.reader)
        var found: Bool?
        if let message = try messages.next() { found = try LinkMessage(message)?.carries }
        #expect(found == carries)
    }
}
