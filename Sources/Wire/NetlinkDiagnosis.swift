public import FlowModel

/// A netlink socket as sock_diag tells of it (`struct netlink_diag_msg`, linux/netlink_diag.h).
public struct NetlinkDiagnosis: Sendable, Equatable {
    /// SOCK_DIAG_BY_FAMILY: what its messages are, and the requests for them.
    public static let messageType: UInt16 = 20

    public var port: UInt32
    public var inode: UInt32
    /// Its multicast groups, the first one the lowest bit.
    public var groups: UInt32 = 0
    /// Its options (`NDIAG_FLAG_…`); `nil` before Linux 4.6.
    public var flags: UInt32?

    /// - Returns: `nil` for a message about something else.
    public init?(_ message: borrowing NetlinkMessage) throws(WireFault) {
        guard message.type == Self.messageType, message.body.uint8(at: 0) == 16 else { return nil }  // AF_NETLINK
        guard let port = message.body.native(UInt32.self, at: 4), let inode = message.body.native(UInt32.self, at: 16),
            message.body.count >= Self.headerSize
        else { throw .messageLength }
        (self.port, self.inode) = (port, inode)
        var attributes = NetlinkAttributes(message.body.slice(from: Self.headerSize))
        while try attributes.next() {
            switch attributes.type {
            case 1: groups = attributes.payload.native(UInt32.self, at: 0) ?? 0  // NETLINK_DIAG_GROUPS, in longs
            case 4: flags = attributes.payload.native(UInt32.self, at: 0)  // NETLINK_DIAG_FLAGS
            default: break
            }
        }
    }

    private static let headerSize = 28

    /// Whether it hears of conntrack's sessions (groups 1 to 3).
    public var listensToConntrack: Bool { groups & 0b111 != 0 }

    /// Whether the kernel keeps what it could not deliver to it (NETLINK_BROADCAST_ERROR).
    public var isReliable: Bool? { flags.map { $0 & 0x4 != 0 } }
}
