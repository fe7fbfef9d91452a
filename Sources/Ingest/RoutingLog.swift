internal import FlowModel
internal import Wire

/// What rtnetlink's messages say of changed ways.
///
/// The kernel tells of routes, those for its own addresses among them, of rules, next hops and settings. That routes of IPv4 went with
/// their interface, or with the address that they were bound to, it does not tell (`fib_sync_down_dev`, `fib_sync_down_addr`): so links count,
/// and addresses that go. Interfaces that were not there at the beginning have no routes but those that are told of.
struct RoutingLog {
    struct Link {
        var index: InterfaceIndex
        var master: InterfaceIndex?
        var kind: InterfaceStack.Kind
        /// Whether packets can go by it.
        var carries: Bool

        init(_ message: borrowing LinkMessage) {
            (index, master, kind, carries) = (message.index, message.master, message.kind, message.carries)
        }
    }

    var changes = RouteChanges()
    /// Whether packets could go by those that were there at the beginning. A bridge's ports and a bond's members are left out: they have no
    /// routes.
    private var carrying: [InterfaceIndex: Bool] = [:]

    init(_ links: [Link]) {
        let kinds = Dictionary(links.map { ($0.index, $0.kind) }) { first, _ in first }
        for link in links {
            let isMember = link.master.map { kinds[$0] == .bridge || kinds[$0] == .aggregate } ?? false
            if !isMember { carrying[link.index] = link.carries }
        }
    }

    mutating func read(_ datagram: ByteReader) {
        var messages = NetlinkMessages(datagram)
        do {
            while let message = try messages.next() { try note(message) }
        } catch {
            changes.noteAll()
        }
    }

    private mutating func note(_ message: borrowing NetlinkMessage) throws(WireFault) {
        switch message.type {
        case LinkMessage.newLinkType, LinkMessage.deleteLinkType:
            guard let link = try LinkMessage(message), let carried = carrying[link.index] else { return }
            if link.isGone || link.carries != carried { changes.noteAll() }
        case RouteMessage.newRouteType, RouteMessage.deleteRouteType:
            let destination = try RouteMessage.destination(of: message)
            // No router passes these on: every interface that comes up has such routes of its own.
            if let destination, destination.length > 7,
                destination.address.isLinkLocal || destination.address.isMulticast
            {
                return
            }
            changes.note(destination)
        case AddressMessage.newAddressType: break  // its routes are told
        case AddressMessage.deleteAddressType:
            if !AddressMessage.isOfLink(message), concernsWays(AddressMessage.interface(of: message)) {
                changes.noteAll()
            }
        case SettingMessage.type:
            guard let setting = try SettingMessage(message) else { return }
            if concernsWays(setting.interface) { changes.noteAll() }
        case SettingMessage.deleteType: break  // the interface's end is told
        default: changes.noteAll()
        }
    }

    /// - Parameter interface: `nil` for all, or where it is not known.
    private func concernsWays(_ interface: InterfaceIndex?) -> Bool {
        interface.map { carrying[$0] != nil } ?? true
    }
}
