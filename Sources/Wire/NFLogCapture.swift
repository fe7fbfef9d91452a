/// A record of LINKTYPE_NFLOG (239), as `tcpdump -i nflog:100 -w` writes it: family, version and group, then the attributes
/// of an NFLOG message, all as on the socket, without the netlink header.
public struct NFLogCapture: ~Escapable {
    public let group: UInt16
    public let attributes: ByteReader

    /// - Returns: `nil` where the record is shorter than its header.
    @_lifetime(copy record)
    public init?(_ record: ByteReader) {
        guard record.uint8(at: 1) == 0, let group = record.bigEndian(UInt16.self, at: 2) else { return nil }
        self.group = group
        attributes = record.slice(from: 4)
    }
}
