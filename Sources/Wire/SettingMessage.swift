public import FlowModel

/// A setting of the kernel's for IP that was changed, such as `forwarding` or `rp_filter`: RTM_NEWNETCONF (linux/netconf.h).
public struct SettingMessage: Sendable {
    public static let type: UInt16 = 80
    /// RTM_DELNETCONF: its interface went, and its settings with it.
    public static let deleteType: UInt16 = 81

    /// The interface that it is for; `nil` where it is for all, or for those to come.
    public let interface: InterfaceIndex?

    /// - Returns: `nil` for any other message.
    public init?(_ message: borrowing NetlinkMessage) throws(WireFault) {
        guard message.type == Self.type else { return nil }
        var interface: InterfaceIndex?
        // struct netconfmsg: the family, in four bytes
        var cursor = NetlinkAttributes(message.body.slice(from: 4))
        while try cursor.next() {
            // NETCONFA_IFINDEX; those for all and for those to come are negative.
            if cursor.type == 1, let index = cursor.payload.native(Int32.self, at: 0), index > 0 {
                interface = InterfaceIndex(index)
            }
        }
        self.interface = interface
    }
}
