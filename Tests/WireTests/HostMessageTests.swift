import FlowModel
import Testing
import Wire

/// What the kernel answers about the host: its addresses, routes and chains.
struct HostMessageTests {
    private func first<Value>(
        _ bytes: [UInt8], _ read: (borrowing NetlinkMessage) throws -> Value?
    ) throws -> Value? {
        var messages = NetlinkMessages(bytes.reader)
        guard let message = try messages.next() else { return nil }
        return try read(message)
    }

    private func address(family: UInt8, scope: UInt8 = 0, _ fill: (inout [UInt8]) -> Void) -> [UInt8] {
        var body: [UInt8] = [family, 24, 0, scope] + [UInt8](native: 7 as UInt32)
        fill(&body)
        return .netlinkMessage(type: 20, body: body)
    }

    @Test func anAddressIsTheHostsOwnAndNotTheOtherEnds() throws {
        let bytes = address(family: 2) {
            $0.addAttribute(1, number: 0x0a00_0002 as UInt32)
            $0.addAttribute(2, number: 0x0a00_0001 as UInt32)
            $0.addAttribute(4, number: 0x0a00_00ff as UInt32)
        }
        let found = try #require(try first(bytes) { try AddressMessage($0) })
        #expect(found.address == IPAddress(ipv4: 0x0a00_0001))
        #expect(Set(found.broadcasts) == [IPAddress(ipv4: 0x0a00_00ff)])
        #expect(found.interface == 7 && !found.isOfLink)
        let link = address(family: 10, scope: 253) {
            $0.addAttribute(1, number: 0xfe80_0000_0000_0000_0000_0000_0000_0001 as UInt128)
        }
        let other = try #require(try first(link) { try AddressMessage($0) })
        #expect(other.address == IPAddress(high: 0xfe80_0000_0000_0000, low: 1))
        #expect(other.isOfLink && other.broadcasts.isEmpty)
    }

    @Test(arguments: [(24 as UInt8, 0x0a00_00ff as UInt32?), (30, 0x0a00_0003), (31, nil), (32, nil), (255, nil)])
    func theLastAddressOfANetworkIsForAllOfIt(length: UInt8, broadcast: UInt32?) throws {
        var body: [UInt8] = [2, length, 0, 0] + [UInt8](native: 7 as UInt32)
        body.addAttribute(1, number: 0x0a00_0001 as UInt32)
        let found = try #require(try first(.netlinkMessage(type: 20, body: body)) { try AddressMessage($0) })
        #expect(found.broadcasts == [broadcast].compactMap { $0.map { IPAddress(ipv4: $0) } })
    }

    @Test func anAddressOfAnotherLengthIsMalformed() {
        let bytes = address(family: 10) { $0.addAttribute(1, number: 1 as UInt32) }
        #expect(throws: WireFault.self) { try first(bytes) { try AddressMessage($0) } }
        #expect(throws: WireFault.familyHeader) {
            try first(.netlinkMessage(type: 20, body: [2, 24, 0])) { try AddressMessage($0) }
        }
    }

    @Test(arguments: [
        (1 as UInt8, RouteQuestion.Answer.interface(9)), (2, .host), (3, .host), (6, .nowhere), (7, .nowhere),
        (8, .nowhere),
        (5, nil),
    ])
    func aRouteSaysWherePacketsGo(type: UInt8, answer: RouteQuestion.Answer?) throws {
        var body: [UInt8] = [2, 32, 0, 0, 254, 0, 0, type] + [UInt8](native: 0 as UInt32)
        body.addAttribute(4, [UInt8](native: 9 as UInt32))
        let bytes = [UInt8].netlinkMessage(type: 24, body: body)
        let route = try #require(try first(bytes) { try RouteMessage($0) })
        #expect(route.answer == answer)
    }

    @Test func aRouteNamesTheNextHost() throws {
        func route(_ add: (inout [UInt8]) -> Void) throws -> RouteMessage? {
            var body: [UInt8] = [2, 32, 0, 0, 254, 0, 0, 1] + [UInt8](native: 0 as UInt32)
            add(&body)
            return try first(.netlinkMessage(type: 24, body: body)) { try RouteMessage($0) }
        }
        #expect(try route { _ in }?.gateway == nil)
        #expect(
            try route { $0.addAttribute(5, number: 0xc000_02fe as UInt32) }?.gateway == IPAddress(ipv4: 0xc000_02fe))
        #expect(try route { $0.addAttribute(5, [UInt8](repeating: 1, count: 16)) }?.gateway != nil)
        #expect(try route { $0.addAttribute(18, [10, 0, 1]) }?.hasOtherGateway == true)
        #expect(throws: WireFault.self) { try route { $0.addAttribute(5, [1, 2, 3]) } }
    }

    @Test(arguments: [(0x01 as UInt16, true), (0x20, true), (0x02, false), (0x80, false), (0x04, false)])
    func aNeighbourThatHasNotAnsweredIsSilent(state: UInt16, isSilent: Bool) throws {
        let body: [UInt8] = [2, 0, 0, 0] + [UInt8](native: 7 as UInt32) + [UInt8](native: state) + [0, 1]
        let found = try first(.netlinkMessage(type: 28, body: body)) { try NeighbourMessage($0) }
        #expect(try #require(found).isSilent == isSilent)
        #expect(throws: WireFault.familyHeader) {
            try first(.netlinkMessage(type: 28, body: Array(body.dropLast()))) { try NeighbourMessage($0) }
        }
    }

    @Test(arguments: [(-101 as Int32, true), (-113, true), (-18, true), (-22, true), (-19, false), (0, false)])
    func anErrorSaysWhetherThereIsNoWay(code: Int32, isNone: Bool) throws {
        let bytes = [UInt8].netlinkMessage(type: 2, body: [UInt8](native: UInt32(bitPattern: code)))
        #expect(try first(bytes) { RouteMessage.isRefusal($0) } == isNone)
        #expect(try first(.netlinkMessage(type: 2, body: [])) { RouteMessage.isRefusal($0) } == false)
    }

    @Test func aChainTellsWhatItsPolicyCounted() throws {
        var attributes: [UInt8] = []
        attributes.addAttribute(1, [UInt8](text: "filter"))
        attributes.addAttribute(3, [UInt8](text: "INPUT"))
        attributes.addNest(8) {
            $0.addAttribute(2, number: 5 as UInt64)
            $0.addAttribute(1, number: 305 as UInt64)
        }
        let bytes = [UInt8].netfilterMessage(subsystem: 10, type: 3, attributes: attributes)
        let chain = try #require(try first(bytes) { try ChainMessage($0) })
        #expect((chain.family, chain.table, chain.chain) == ("ip", "filter", "INPUT"))
        #expect(chain.counters == Counters(packetCount: 5, byteCount: 305))
        let bare = [UInt8].netfilterMessage(subsystem: 10, type: 3, family: 1, attributes: [])
        let other = try #require(try first(bare) { try ChainMessage($0) })
        #expect(other.family == "inet" && other.counters == nil)
    }

    @Test func theNumberOfWhatTablesHoldIsRead() throws {
        var attributes: [UInt8] = []
        attributes.addAttribute(1, number: 4711 as UInt32)
        let bytes = [UInt8].netfilterMessage(subsystem: 10, type: 15, attributes: attributes)
        #expect(try first(bytes) { try GenerationMessage($0) }?.number == 4711)
        let bare = [UInt8].netfilterMessage(subsystem: 10, type: 15, attributes: [])
        #expect(try first(bare) { try GenerationMessage($0) } == nil)
    }

    @Test func whatTheHostsRoutingGoesByIsRead() throws {
        func read(
            _ table: UInt8, source: UInt8 = 0, tos: UInt8 = 0, flags: UInt32 = 0, _ attributes: [UInt8] = []
        ) throws -> RoutingRuleMessage? {
            let head: [UInt8] = [2, 0, source, tos, table, 0, 0, 1] + [UInt8](native: flags)
            let bytes = [UInt8].netlinkMessage(type: 32, body: head + attributes)
            return try first(bytes) { try RoutingRuleMessage($0) }
        }
        func rule(_ table: UInt8, source: UInt8 = 0, flags: UInt32 = 0, _ attributes: [UInt8] = []) throws -> [Bool?] {
            let rule = try read(table, source: source, flags: flags, attributes)
            return [rule?.isPlain, rule?.asksForMark]
        }
        func attribute(_ type: UInt16, _ value: UInt32) -> [UInt8] {
            var bytes: [UInt8] = []
            bytes.addAttribute(type, [UInt8](native: value))
            return bytes
        }
        // As the kernel tells its own: FRA_TABLE, FRA_SUPPRESS_PREFIXLEN, FRA_PRIORITY.
        let own = attribute(15, 254) + attribute(14, .max) + attribute(6, 32766)
        #expect(try rule(254, own) == [true, false])
        #expect(try rule(100, own) == [false, false])
        #expect(try rule(254, source: 24, own) == [false, false])
        #expect(try rule(254, flags: 2, own) == [false, false])
        #expect(try rule(254, attribute(14, 0)) == [false, false])
        #expect(try rule(254, own + attribute(10, 9)) == [false, true])
        // fwmark 0/0xff
        #expect(try rule(254, own + attribute(16, 0xff)) == [false, true])
        // FRA_IIFNAME
        #expect(try rule(254, own + attribute(3, 0x6c)) == [false, false])
        // FRA_DSCP, FRA_FLOWLABEL, and TOS in the head
        #expect(try read(254, own + attribute(25, 8))?.picksPackets == true)
        #expect(try read(254, own + attribute(26, 8))?.picksPackets == true)
        #expect(try read(254, tos: 0x10, own)?.picksPackets == true)
        #expect(try read(254, own + attribute(10, 9))?.picksPackets == false)
    }

    @Test func theGroupsOfAnInterfaceAreRead() {
        let text = """
            1    lo              ff020000000000000000000000000001     1 0000000C 0
            12   lan0            ff0200000000000000000000000000fb     2 00000004 0
            12   lan0            ff020000000000000000000000000001     1 0000000C 0
            x    lan1            ff020000000000000000000000000001     1 0000000C 0
            13   lan2            ff02
            """
        func group(_ low: UInt64) -> IPAddress { IPAddress(high: 0xff02_0000_0000_0000, low: low) }
        #expect(GroupList(text).groups == [1: [group(1)], 12: [group(0xfb), group(1)]])
        #expect(GroupList("").groups.isEmpty)
    }

    @Test func everyBeginningOfThemIsReadWithoutHarm() {
        var body: [UInt8] = [2, 32, 0, 0, 254, 0, 0, 1] + [UInt8](native: 0 as UInt32)
        body.addAttribute(4, [UInt8](native: 9 as UInt32))
        body.addNest(8) { $0.addAttribute(2, number: 5 as UInt64) }
        for type: UInt16 in [20, 24, 28, 32, 10 << 8 | 3, 10 << 8 | 15] {
            for length in 0...body.count {
                let bytes = [UInt8].netlinkMessage(type: type, body: Array(body[..<length]))
                _ = try? first(bytes) { try AddressMessage($0) }
                _ = try? first(bytes) { try RouteMessage($0) }
                _ = try? first(bytes) { try ChainMessage($0) }
                _ = try? first(bytes) { try GenerationMessage($0) }
                _ = try? first(bytes) { try RoutingRuleMessage($0) }
                _ = try? first(bytes) { try NeighbourMessage($0) }
            }
        }
    }
}
