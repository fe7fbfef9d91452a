internal import CNetfilter
internal import Glibc
internal import Wire

/// Whether the ways of packets may have changed since it was made: then what the routing table says at the end is not what it said before.
///
/// It listens to rtnetlink and reads nothing until it is asked. The kernel tells of routes, of rules for them, of addresses and of next
/// hops; that routes of IPv4 went with their interface it does not tell (`fib_sync_down_dev`), so that links count, too.
public final class RoutingWatch {
    private static let operation = "listen to changes of routes"

    private let socket: NetlinkSocket

    /// Of the thread's network namespace. It needs no privilege.
    public init() throws(IngestError) {
        socket = try NetlinkSocket.open(.route, stride: 64 << 10, count: 16, for: Self.operation)
        for group in [
            RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
            RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE,
        ] {
            try socket.join(group: Int32(bitPattern: group.rawValue), for: Self.operation)
        }
        // Linux before 5.3 has no next hops of their own.
        try? socket.join(group: Int32(bitPattern: RTNLGRP_NEXTHOP.rawValue), for: Self.operation)
    }

    /// Whether anything changed since the last call; what cannot be read may have been anything.
    public func takeChange() -> Bool {
        var hasChanged = false
        while let received = try? socket.receive(for: Self.operation) {
            switch received {
            case .nothing: return hasChanged
            case .overrun: hasChanged = true
            case .datagrams(let count):
                for index in 0..<count where socket.withDatagram(index, Self.tellsChange) { hasChanged = true }
            }
        }
        return true
    }

    private static func tellsChange(_ datagram: ByteReader?) -> Bool {
        guard let datagram else { return true }
        var messages = NetlinkMessages(datagram)
        do {
            while let message = try messages.next() {
                // Much of what is told of a link has nothing to do with routes, such as that somebody captures there.
                if !LinkMessage.tellsCarrying(message) { return true }
            }
            return false
        } catch {
            return true
        }
    }
}
