/// A record of LINKTYPE_NETLINK (253): a Linux cooked header, then the netlink messages as they were on the socket.
///
/// The cooked header is that of the kernel's nlmon device: packet type, ARPHRD_NETLINK, an unused address and, in the place
/// of the ethertype, the netlink family (nlmon.c; linktype page of libpcap).
public struct NetlinkCapture: ~Escapable {
    public static let headerSize = 16

    /// Which way the messages went: to the kernel or from it.
    public enum Direction: UInt16, Sendable {
        case fromKernel = 0
        case toKernel = 4
    }

    /// The netlink families that nfmon records.
    public enum Family: UInt16, Sendable {
        case route = 0
        case netfilter = 12
    }

    public let direction: Direction
    /// `nil` for a family that nfmon does not read.
    public let family: Family?
    public let messages: ByteReader

    /// - Returns: `nil` where the record is too short or not from netlink.
    @_lifetime(copy record)
    public init?(_ record: ByteReader) {
        guard let type = record.bigEndian(UInt16.self, at: 0), let hardware = record.bigEndian(UInt16.self, at: 2),
            let family = record.bigEndian(UInt16.self, at: 14), hardware == Self.hardwareType
        else { return nil }
        direction = Direction(rawValue: type) ?? .fromKernel
        self.family = Family(rawValue: family)
        messages = record.slice(from: Self.headerSize)
    }

    /// ARPHRD_NETLINK.
    static let hardwareType: UInt16 = 824

    /// Appends the header that goes in front of the messages.
    public static func appendHeader(_ direction: Direction, _ family: Family, to file: inout [UInt8]) {
        file.appendBigEndian(direction.rawValue)
        file.appendBigEndian(hardwareType)
        file.appendBigEndian(0 as UInt16)
        file.appendBigEndian(0 as UInt64)
        file.appendBigEndian(family.rawValue)
    }
}
