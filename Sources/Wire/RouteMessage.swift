public import FlowModel

/// A route as rtnetlink answers who asks for one: RTM_NEWROUTE (linux/rtnetlink.h).
public struct RouteMessage: Sendable {
    public static let newRouteType: UInt16 = 24
    public static let deleteRouteType: UInt16 = 25

    /// `nil` of a route that leads nowhere, or to many.
    public let answer: RouteQuestion.Answer?
    /// The host by which it leads; `nil` of one to the destination itself.
    public let gateway: IPAddress?
    /// Whether that host has an address of another family (RFC 5549), which is not read.
    public let hasOtherGateway: Bool

    /// - Returns: `nil` for any other message.
    public init?(_ message: borrowing NetlinkMessage) throws(WireFault) {
        guard message.type == Self.newRouteType else { return nil }
        // struct rtmsg: family, lengths of destination and source, TOS, table, protocol, scope, type, flags of 32 bits
        guard let type = message.body.uint8(at: 7), message.body.count >= 12 else { throw .familyHeader }
        var interface: InterfaceIndex?
        var (gateway, hasOtherGateway): (IPAddress?, Bool) = (nil, false)
        var cursor = NetlinkAttributes(message.body.slice(from: 12))
        while try cursor.next() {
            switch cursor.type {
            case 4: interface = cursor.payload.native(UInt32.self, at: 0)  // RTA_OIF
            // RTA_GATEWAY
            case 5 where cursor.payload.count == 4: gateway = IPAddress(ipv4: try cursor.scalar(UInt32.self))
            case 5: gateway = try IPAddress(ipv6: cursor.payload)
            case 18: hasOtherGateway = true  // RTA_VIA
            default: break
            }
        }
        (self.gateway, self.hasOtherGateway) = (gateway, hasOtherGateway)
        switch type {
        case 1: answer = interface.map { .interface($0) }  // RTN_UNICAST
        case 2...4: answer = .host  // RTN_LOCAL, RTN_BROADCAST, RTN_ANYCAST
        case 6...8: answer = .nowhere  // RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT
        default: answer = nil
        }
    }

    /// For which destinations a route is that came or went; `nil` of a route of another family.
    public static func destination(of message: borrowing NetlinkMessage) throws(WireFault) -> IPPrefix? {
        guard let family = message.body.uint8(at: 0), let length = message.body.uint8(at: 1), message.body.count >= 12
        else { throw .familyHeader }
        guard let family = AddressFamily(rawValue: family) else { return nil }
        var address = IPAddress(high: 0, low: 0)
        if family == .ipv4 { address = IPAddress(ipv4: 0) }
        var cursor = NetlinkAttributes(message.body.slice(from: 12))
        while try cursor.next() {
            guard cursor.type == 1 else { continue }  // RTA_DST
            switch family {
            case .ipv4: address = IPAddress(ipv4: try cursor.scalar(UInt32.self))
            case .ipv6: address = try IPAddress(ipv6: cursor.payload)
            }
        }
        return IPPrefix(address, family: family, length: Int(length))
    }

    /// Whether an error says that there is no way: ENETUNREACH, EHOSTUNREACH, EACCES, EXDEV of a source that may not come in there, or
    /// EINVAL, which is the answer for a blackhole and for a group that nobody listens to, and with newer kernels for such a source, too.
    public static func isRefusal(_ message: borrowing NetlinkMessage) -> Bool {
        switch message.body.native(Int32.self, at: 0) {
        case -101, -113, -13, -18, -22: true
        default: false
        }
    }
}
