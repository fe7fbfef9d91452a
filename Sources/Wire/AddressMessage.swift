public import FlowModel

/// An address of an interface's as rtnetlink reports it: RTM_NEWADDR (linux/if_addr.h).
public struct AddressMessage: Sendable {
    public static let newAddressType: UInt16 = 20
    public static let deleteAddressType: UInt16 = 21

    /// Whether a message tells of an address on its link only.
    public static func isOfLink(_ message: borrowing NetlinkMessage) -> Bool { message.body.uint8(at: 3) == linkScope }

    /// The interface that a message tells an address of; `nil` of one that was cut.
    public static func interface(of message: borrowing NetlinkMessage) -> InterfaceIndex? {
        message.body.native(UInt32.self, at: 4)
    }

    /// RT_SCOPE_LINK (linux/rtnetlink.h)
    private static let linkScope: UInt8 = 253

    /// The host's own (`IFA_LOCAL`, of IPv6 `IFA_ADDRESS`).
    public let address: IPAddress
    public let interface: InterfaceIndex
    /// Whether it is an address on its link only (`RT_SCOPE_LINK`), as every interface may have.
    public let isOfLink: Bool
    /// The addresses by which all hosts of the network are called: the one that was given, and the last of the network, which the kernel
    /// takes for that in any case (`fib_add_ifaddr`). IPv6 has none.
    public let broadcasts: [IPAddress]

    /// - Returns: `nil` for any other message, and for addresses of other families.
    public init?(_ message: borrowing NetlinkMessage) throws(WireFault) {
        guard message.type == Self.newAddressType else { return nil }
        // struct ifaddrmsg: family, length of the prefix, flags, scope, index of 32 bits
        guard let family = message.body.uint8(at: 0).map({ AddressFamily(rawValue: $0) }),
            let length = message.body.uint8(at: 1),
            let scope = message.body.uint8(at: 3),
            let interface = message.body.native(UInt32.self, at: 4)
        else { throw .familyHeader }
        guard let family else { return nil }
        var (own, peer, broadcast): (IPAddress?, IPAddress?, IPAddress?)
        var cursor = NetlinkAttributes(message.body.slice(from: 8))
        while try cursor.next() {
            switch cursor.type {
            case 1: peer = try Self.address(cursor, family)  // IFA_ADDRESS: on a point-to-point link the other end's
            case 2: own = try Self.address(cursor, family)  // IFA_LOCAL
            case 4: broadcast = try Self.address(cursor, family)  // IFA_BROADCAST
            default: break
            }
        }
        guard let address = own ?? peer else { return nil }
        self.address = address
        self.interface = interface
        isOfLink = scope == Self.linkScope
        var broadcasts = [broadcast].compactMap(\.self)
        if family == .ipv4, let base = peer ?? own, length < 31 {
            broadcasts.append(IPAddress(ipv4: base.ipv4Bits | UInt32.max >> length))
        }
        self.broadcasts = broadcasts
    }

    private static func address(
        _ cursor: borrowing NetlinkAttributes, _ family: AddressFamily
    ) throws(WireFault) -> IPAddress {
        switch family {
        case .ipv4: IPAddress(ipv4: try cursor.scalar(UInt32.self))
        case .ipv6: try IPAddress(ipv6: cursor.payload)
        }
    }
}
