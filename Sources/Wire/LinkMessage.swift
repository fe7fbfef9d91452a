public import FlowModel

/// An interface as rtnetlink reports it: RTM_NEWLINK or RTM_DELLINK (linux/rtnetlink.h, if_link.h).
public struct LinkMessage: ~Escapable {
    public static let newLinkType: UInt16 = 16
    public static let deleteLinkType: UInt16 = 17

    public let index: InterfaceIndex
    /// IFLA_IFNAME, at most 15 bytes.
    public let name: Span<UInt8>
    public let isGone: Bool
    /// Whether packets can go by it: it is up (IFF_UP) and connected (IFF_LOWER_UP).
    public let carries: Bool
    /// The bridge, bond or VRF that it is a part of (IFLA_MASTER).
    public let master: InterfaceIndex?
    /// Whether it is the end of a connection (PPP), which another interface may carry, as Ethernet does PPPoE; of that nothing is told.
    public let isCarried: Bool
    /// The interface of the same host that it is made of, as a VLAN is of its trunk (IFLA_LINK).
    public let lower: InterfaceIndex?
    /// Its address on the link (IFLA_ADDRESS), where that has up to six bytes; else 0.
    public let address: UInt64
    public let kind: InterfaceStack.Kind
    /// Of a bridge: whether it hands what it forwards to iptables and ip6tables (IFLA_BR_NF_CALL_IPTABLES, IFLA_BR_NF_CALL_IP6TABLES).
    public let callsFirewall: Set<AddressFamily>

    /// How it is made of others.
    public var link: InterfaceStack.Link {
        InterfaceStack.Link(kind, address: address, master: master, lower: lower, callsFirewall: callsFirewall)
    }

    /// - Returns: `nil` for any other message, and for a bridge's messages about its ports (`AF_BRIDGE`), which repeat an
    ///   interface, and whose RTM_DELLINK does not mean that it went.
    @_lifetime(copy message)
    public init?(_ message: borrowing NetlinkMessage) throws(WireFault) {
        guard message.type == Self.newLinkType || message.type == Self.deleteLinkType else { return nil }
        // struct ifinfomsg: family, padding, type of 16 bits, index, flags, change mask
        guard let family = message.body.uint8(at: 0), let index = message.body.native(UInt32.self, at: 4),
            message.body.count >= 16
        else { throw .familyHeader }
        guard family == 0 else { return nil }
        var name = message.body.slice(from: 0, to: 0).span
        var master: InterfaceIndex?
        var lower: InterfaceIndex?
        var isLowerElsewhere = false
        var address: UInt64 = 0
        var detail = Detail()
        var cursor = NetlinkAttributes(message.body.slice(from: 16))
        while try cursor.next() {
            switch cursor.type {
            case 1: address = cursor.payload.linkAddress  // IFLA_ADDRESS
            case 3: name = cursor.payload.text  // IFLA_IFNAME
            case 5: lower = cursor.payload.native(UInt32.self, at: 0)  // IFLA_LINK
            case 37: isLowerElsewhere = true  // IFLA_LINK_NETNSID
            case 10: master = cursor.payload.native(UInt32.self, at: 0)  // IFLA_MASTER
            case 18: try detail.read(cursor.payload)  // IFLA_LINKINFO
            default: break
            }
        }
        // ARPHRD_PPP (linux/if_arp.h)
        isCarried = message.body.native(UInt16.self, at: 2) == 512
        self.address = address
        kind = detail.kind
        callsFirewall = detail.callsFirewall
        self.master = master
        self.lower = isLowerElsewhere || lower == index || lower == 0 ? nil : lower
        carries = message.body.native(UInt32.self, at: 8).map { $0 & 0x10001 == 0x10001 } ?? false
        self.index = index
        self.name = name
        isGone = message.type == Self.deleteLinkType
    }
}

/// What IFLA_LINKINFO says.
private struct Detail {
    var kind = InterfaceStack.Kind.other
    var callsFirewall: Set<AddressFamily> = []

    mutating func read(_ payload: ByteReader) throws(WireFault) {
        var cursor = NetlinkAttributes(payload)
        while try cursor.next() {
            switch cursor.type {
            case 1: kind = Self.kind(named: cursor.payload)  // IFLA_INFO_KIND
            case 2 where kind == .bridge: try readBridge(cursor.payload)  // IFLA_INFO_DATA
            default: break
            }
        }
    }

    private mutating func readBridge(_ payload: ByteReader) throws(WireFault) {
        var cursor = NetlinkAttributes(payload)
        while try cursor.next() {
            guard cursor.payload.uint8(at: 0) ?? 0 != 0 else { continue }
            if cursor.type == 36 { callsFirewall.insert(.ipv4) }
            if cursor.type == 37 { callsFirewall.insert(.ipv6) }
        }
    }

    private static func kind(named word: ByteReader) -> InterfaceStack.Kind {
        let name = word.slice(from: 0, to: word.text.count)
        if name.reads("bridge") { return .bridge }
        if name.reads("bond") || name.reads("team") { return .aggregate }
        if name.reads("vrf") { return .routing }
        return name.reads("vlan") || name.reads("macvlan") ? .upper : .other
    }
}
