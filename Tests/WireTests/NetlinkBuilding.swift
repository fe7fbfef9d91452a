// Netlink messages and attributes by hand: the test plays the kernel.

extension [UInt8] {
    /// Appends an attribute: length, type, value, padding.
    mutating func addAttribute(_ type: UInt16, _ value: [UInt8]) {
        self += [UInt8](native: UInt16(4 + value.count)) + [UInt8](native: type) + value
        align()
    }

    /// Appends an attribute that is a number in network order.
    mutating func addAttribute(_ type: UInt16, number: some FixedWidthInteger) {
        addAttribute(type, [UInt8](big: number))
    }

    /// Appends an attribute that holds attributes, with the flag that ctnetlink sets on them (`NLA_F_NESTED`).
    mutating func addNest(_ type: UInt16, _ fill: (inout [UInt8]) -> Void) {
        var inner: [UInt8] = []
        fill(&inner)
        addAttribute(type | 0x8000, inner)
    }

    /// A whole netlink message, padded to the next one's place.
    static func netlinkMessage(
        type: UInt16, flags: UInt16 = 0, sequence: UInt32 = 0, port: UInt32 = 0, body: [UInt8]
    ) -> [UInt8] {
        var message = [UInt8](native: UInt32(16 + body.count)) + [UInt8](native: type) + [UInt8](native: flags)
        message += [UInt8](native: sequence) + [UInt8](native: port) + body
        message.align()
        return message
    }

    /// A message of a netfilter subsystem, with `struct nfgenmsg` in front of the attributes.
    static func netfilterMessage(
        subsystem: UInt8, type: UInt8, flags: UInt16 = 0, family: UInt8 = 2, resource: UInt16 = 0, attributes: [UInt8]
    ) -> [UInt8] {
        .netlinkMessage(
            type: UInt16(subsystem) << 8 | UInt16(type), flags: flags,
            body: [family, 0] + [UInt8](big: resource) + attributes)
    }
}
