public import FlowModel

/// A rule of `ip rule` as rtnetlink reports it: RTM_NEWRULE (linux/fib_rules.h).
public struct RoutingRuleMessage: Sendable {
    public static let newRuleType: UInt16 = 32

    public let family: AddressFamily
    /// Whether it asks for nothing and leads to a table that is there from the beginning: local, main or default.
    public let isPlain: Bool
    public let asksForMark: Bool
    /// Whether it asks for what packets of one session may differ in, and a route cannot be asked for here: TOS or DSCP, flow label, tunnel.
    public let picksPackets: Bool

    /// - Returns: `nil` for any other message, and for rules of other families.
    public init?(_ message: borrowing NetlinkMessage) throws(WireFault) {
        guard message.type == Self.newRuleType else { return nil }
        // struct fib_rule_hdr: family, lengths of destination and source, TOS, table, two reserved, action, flags of 32 bits
        guard let family = message.body.uint8(at: 0), let destination = message.body.uint8(at: 1),
            let source = message.body.uint8(at: 2), let tos = message.body.uint8(at: 3),
            let table = message.body.uint8(at: 4), let action = message.body.uint8(at: 7),
            let flags = message.body.native(UInt32.self, at: 8)
        else { throw .familyHeader }
        guard let family = AddressFamily(rawValue: family) else { return nil }
        // FR_ACT_TO_TBL; FIB_RULE_INVERT; RT_TABLE_DEFAULT, MAIN and LOCAL
        var isPlain =
            (destination, source, tos) == (0, 0, 0) && action == 1 && flags & 2 == 0 && (253...255).contains(table)
        var asksForMark = false
        var picksPackets = tos != 0
        var cursor = NetlinkAttributes(message.body.slice(from: 12))
        while try cursor.next() {
            switch cursor.type {
            case 6, 15, 21: break  // FRA_PRIORITY, FRA_TABLE, FRA_PROTOCOL
            case 14: if cursor.payload.native(UInt32.self, at: 0) != .max { isPlain = false }  // FRA_SUPPRESS_PREFIXLEN
            // FRA_FWMARK and FRA_FWMASK: a mark of 0 is told by its mask alone (fib_nl_fill_rule).
            case 10, 16: (isPlain, asksForMark) = (false, true)
            // FRA_TUN_ID, FRA_DSCP, FRA_FLOWLABEL
            case 12, 25, 26: (isPlain, picksPackets) = (false, true)
            default: isPlain = false
            }
        }
        (self.family, self.isPlain) = (family, isPlain)
        (self.asksForMark, self.picksPackets) = (asksForMark, picksPackets)
    }
}
