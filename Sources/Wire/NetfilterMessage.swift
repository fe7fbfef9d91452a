public import FlowModel

/// A message of a netfilter subsystem: a netlink message with `struct nfgenmsg` in front of its attributes (nfnetlink.h).
public struct NetfilterMessage: ~Escapable {
    /// The subsystems that nfmon reads.
    public enum Subsystem: UInt8, Sendable {
        case conntrack = 1
        case log = 4
    }

    public static let headerSize = 4

    public let subsystem: Subsystem
    /// The number of the message within its subsystem.
    public let type: UInt8
    /// `AF_INET`, `AF_INET6`, `AF_BRIDGE`, …
    public let family: UInt8
    /// NFLOG: the group.
    public let resource: UInt16
    public let attributes: ByteReader

    /// - Returns: `nil` for another subsystem's message.
    /// - Throws: ``WireFault/familyHeader`` where the message ends within the header.
    @_lifetime(copy message)
    public init?(_ message: borrowing NetlinkMessage) throws(WireFault) {
        guard let subsystem = Subsystem(rawValue: UInt8(truncatingIfNeeded: message.type >> 8)) else { return nil }
        guard let family = message.body.uint8(at: 0), let resource = message.body.bigEndian(UInt16.self, at: 2) else {
            throw .familyHeader
        }
        self.subsystem = subsystem
        type = UInt8(truncatingIfNeeded: message.type)
        self.family = family
        self.resource = resource
        attributes = message.body.slice(from: Self.headerSize)
    }
}
