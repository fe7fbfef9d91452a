import FlowModel
import Testing
import Wire

@testable import Ingest

struct RoutingLogTests {
    private static let up: UInt32 = 0x11043
    private static let down: UInt32 = 0x1002

    private static func link(
        _ index: UInt32, _ flags: UInt32, type: UInt16 = 16, master: UInt32? = nil, kind: String? = nil
    ) -> [UInt8] {
        var body: [UInt8] = [0, 0, 1, 0] + [UInt8](native: index) + [UInt8](native: flags) + [0, 0, 0, 0]
        if let master { body.addAttribute(10, [UInt8](native: master)) }
        if let kind { body.addNest(18) { $0.addAttribute(1, [UInt8](text: kind)) } }
        return .netlinkMessage(type: type, body: body)
    }

    private static func route(_ address: [UInt8], length: UInt8, type: UInt16 = 24, family: UInt8 = 2) -> [UInt8] {
        var body: [UInt8] = [family, length, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0]
        if !address.isEmpty { body.addAttribute(1, address) }
        return .netlinkMessage(type: type, body: body)
    }

    /// What messages come to where there were an interface that is up (2), one that is down (3), a bridge (4) and its port (5).
    private static func changes(_ datagram: [UInt8]) throws -> RouteChanges {
        var links: [RoutingLog.Link] = []
        let dump = link(2, up) + link(3, down) + link(4, up, kind: "bridge") + link(5, up, master: 4)
        var messages = NetlinkMessages(dump.reader)
        while let message = try messages.next() {
            if let link = try LinkMessage(message) { links.append(RoutingLog.Link(link)) }
        }
        var log = RoutingLog(links)
        log.read(datagram.reader)
        return log.changes
    }

    @Test func whatSaysNothingOfWaysIsNoChange() throws {
        let address = [UInt8].netlinkMessage(type: 20, body: [2, 24, 0, 0] + [UInt8](native: 2 as UInt32))
        let ofLink = [UInt8].netlinkMessage(type: 21, body: [10, 64, 0, 253] + [UInt8](native: 9 as UInt32))
        // Of an interface that came since.
        let goneSince = [UInt8].netlinkMessage(type: 21, body: [2, 24, 0, 0] + [UInt8](native: 9 as UInt32))
        var setting: [UInt8] = [2, 0, 0, 0]
        setting.addAttribute(1, [UInt8](native: 9 as Int32))
        for datagram in [
            // Somebody captures there; a port's cable; what came since and went.
            Self.link(2, Self.up | 0x100), Self.link(3, Self.down), Self.link(5, Self.down), Self.link(5, 0, type: 17),
            Self.link(9, Self.down), Self.link(9, 0, type: 17), address, ofLink,
            goneSince, .netlinkMessage(type: 80, body: setting), .netlinkMessage(type: 81, body: setting),
        ] { #expect(try Self.changes(datagram).isEmpty) }
    }

    @Test func whatMayHaveChangedAnyWayConcernsAll() throws {
        var all: [UInt8] = [2, 0, 0, 0]
        all.addAttribute(1, [UInt8](native: -1 as Int32))
        let gone = [UInt8].netlinkMessage(type: 21, body: [2, 24, 0, 0] + [UInt8](native: 2 as UInt32))
        for datagram in [
            Self.link(2, Self.down), Self.link(2, 0, type: 17), Self.link(3, Self.up), gone,
            .netlinkMessage(type: 32, body: []), .netlinkMessage(type: 105, body: []),
            .netlinkMessage(type: 80, body: all), Self.route([1, 2, 3], length: 24),
            Self.route([], length: 24, family: 28),
        ] {
            let changes = try Self.changes(datagram)
            #expect(changes.concernsAll && !changes.isEmpty)
        }
    }

    @Test func aRouteConcernsItsDestinations() throws {
        let near = try Self.changes(Self.route([203, 0, 113, 0], length: 24, type: 25))
        #expect(!near.isEmpty && !near.concernsAll)
        #expect(near.concerns(IPAddress(ipv4: 0xcb00_7109), family: .ipv4))
        #expect(!near.concerns(IPAddress(ipv4: 0xcb00_7209), family: .ipv4))
        let standard = try Self.changes(Self.route([], length: 0))
        #expect(standard.concerns(IPAddress(ipv4: 0xcb00_7109), family: .ipv4))
        #expect(!standard.concerns(IPAddress(high: 0x2001_0db8 << 32, low: 1), family: .ipv6))
        var many = RouteChanges()
        for number in 0..<2_000 { many.note(IPPrefix(IPAddress(ipv4: UInt32(number) << 8), family: .ipv4, length: 24)) }
        #expect(many.concernsAll)
    }

    @Test func cutMessagesMayHaveSaidAnything() throws {
        for whole in [Self.link(2, Self.down), Self.route([203, 0, 113, 0], length: 24, type: 25)] {
            for length in 1..<whole.count {
                #expect(try !Self.changes(Array(whole.prefix(length))).isEmpty)
            }
        }
    }
}
