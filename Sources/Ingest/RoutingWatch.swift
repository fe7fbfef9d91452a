internal import CNetfilter
public import FlowModel
internal import Wire

/// Whether the ways of packets may have changed since it was made: then what the routing table says at the end is not what it said before.
///
/// It listens to rtnetlink and reads nothing until it is asked.
public final class RoutingWatch: Sendable {
    private static let operation = "listen to changes of routes"

    private let listener: Lock<Listener>

    /// Of the thread's network namespace. It needs no privilege.
    public init() throws(IngestError) {
        let socket = try NetlinkSocket.open(.route, stride: 64 << 10, count: 16, for: Self.operation)
        for group in [
            RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
            RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE, RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF,
        ] {
            try socket.join(group: Int32(bitPattern: group.rawValue), for: Self.operation)
        }
        // Linux before 5.3 has no next hops of their own.
        try? socket.join(group: Int32(bitPattern: RTNLGRP_NEXTHOP.rawValue), for: Self.operation)
        var links: [RoutingLog.Link] = []
        let isWhole = try NetlinkSocket.list(
            .route, NetlinkRequest.linkDump(sequence: 1), for: Self.operation
        ) { message in
            if let link = try? LinkMessage(message) { links.append(RoutingLog.Link(link)) }
        }
        var log = RoutingLog(links)
        if !isWhole { log.changes.noteAll() }
        listener = Lock(Listener(socket: socket, log: log))
    }

    /// Reads what rtnetlink told until now.
    ///
    /// - Returns: what changed since it was made. What cannot be read may have been anything.
    public func catchUp() -> RouteChanges { listener.withLock { $0.catchUp() } }

    private struct Listener: ~Copyable {
        let socket: NetlinkSocket
        private var log: RoutingLog

        init(socket: consuming NetlinkSocket, log: RoutingLog) {
            self.socket = socket
            self.log = log
        }

        mutating func catchUp() -> RouteChanges {
            while let received = try? socket.receive(for: operation) {
                switch received {
                case .nothing: return log.changes
                case .overrun: log.changes.noteAll()
                case .datagrams(let count):
                    for index in 0..<count {
                        socket.withDatagram(index) { datagram in
                            if let datagram { log.read(datagram) } else { log.changes.noteAll() }
                        }
                    }
                }
            }
            log.changes.noteAll()
            return log.changes
        }
    }
}
