import FlowModel

/// An IPv4 header with its options, or an IPv6 header with its extension headers.
struct NetworkHeader {
    var family: AddressFamily
    var source: IPAddress
    var destination: IPAddress
    var transport: TransportProtocol
    /// Bytes in front of the transport header.
    var length: Int
    /// Bytes of the whole packet, by its header or, where that says 0, as captured.
    var byteCount: UInt64
    /// The header has no length, as with BIG TCP and jumbograms.
    var isLengthUnknown = false
    /// In units of 8 bytes; not 0 for every fragment but the first.
    var fragmentOffset: UInt16 = 0
    /// Other fragments follow.
    var hasMoreFragments = false
    /// What all fragments of a packet have in common; 16 bits in IPv4.
    var identification: UInt32 = 0
    /// IPv6 has a header of its own for fragments, also for a packet that is whole (RFC 6946).
    var hasFragmentHeader = false
    /// The bytes end before the transport header; ``transport`` is what the last header that is there names.
    var isCut = false

    init(_ bytes: ByteReader) throws(WireFault) {
        guard let first = bytes.uint8(at: 0) else { throw .packetCut }
        switch first >> 4 {
        case 4: self = try Self.ipv4(bytes, headerLength: Int(first & 0xf) * 4)
        case 6: self = try Self.ipv6(bytes)
        default: throw .notIP
        }
    }

    private init(
        family: AddressFamily, source: IPAddress, destination: IPAddress, transport: UInt8, length: Int,
        byteCount: UInt64
    ) {
        self.family = family
        self.source = source
        self.destination = destination
        self.transport = TransportProtocol(rawValue: transport)
        self.length = length
        self.byteCount = byteCount
    }

    /// RFC 791 section 3.1.
    private static func ipv4(_ bytes: ByteReader, headerLength: Int) throws(WireFault) -> NetworkHeader {
        guard headerLength >= 20 else { throw .packetHeader }
        guard let total = bytes.bigEndian(UInt16.self, at: 2),
            let fragment = bytes.bigEndian(UInt16.self, at: 6), let transport = bytes.uint8(at: 9),
            let source = bytes.bigEndian(UInt32.self, at: 12), let destination = bytes.bigEndian(UInt32.self, at: 16)
        else { throw .packetCut }
        var header = NetworkHeader(
            family: .ipv4, source: IPAddress(ipv4: source), destination: IPAddress(ipv4: destination),
            transport: transport, length: headerLength, byteCount: total == 0 ? UInt64(bytes.count) : UInt64(total))
        header.isLengthUnknown = total == 0
        header.fragmentOffset = fragment & 0x1fff
        header.hasMoreFragments = fragment & 0x2000 != 0
        header.identification = UInt32(bytes.bigEndian(UInt16.self, at: 4) ?? 0)
        header.isCut = bytes.count < headerLength
        return header
    }

    /// RFC 8200 sections 3 and 4.
    private static func ipv6(_ bytes: ByteReader) throws(WireFault) -> NetworkHeader {
        guard bytes.count >= 40, let payloadLength = bytes.bigEndian(UInt16.self, at: 4), let next = bytes.uint8(at: 6)
        else { throw .packetCut }
        var header = NetworkHeader(
            family: .ipv6, source: try IPAddress(ipv6: bytes.slice(from: 8, to: 24)),
            destination: try IPAddress(ipv6: bytes.slice(from: 24, to: 40)), transport: next, length: 40,
            byteCount: payloadLength == 0 && next != 59 ? UInt64(bytes.count) : UInt64(payloadLength) + 40)
        header.isLengthUnknown = payloadLength == 0 && next != 59
        header.skipExtensions(bytes)
        return header
    }

    /// Goes over the extension headers to the transport's. Their number is bounded by the bytes: each takes eight or more.
    private mutating func skipExtensions(_ bytes: ByteReader) {
        while fragmentOffset == 0 {
            let unit: Int
            switch transport.rawValue {
            // hop-by-hop, routing, destination. Not mobility, HIP and shim6: conntrack takes these for the transport
            // (ipv6_ext_hdr, exthdrs_core.c), and a packet must have its session's tuple.
            case 0, 43, 60: unit = 8
            case 51: unit = 4  // authentication: its length counts in words of 4 bytes, less 2 (RFC 4302)
            case 44:  // fragment
                guard let word = bytes.bigEndian(UInt16.self, at: length + 2) else {
                    isCut = true
                    return
                }
                hasFragmentHeader = true
                fragmentOffset = word >> 3
                hasMoreFragments = word & 1 != 0
                identification = bytes.bigEndian(UInt32.self, at: length + 4) ?? 0
                unit = 0
            default: return
            }
            guard let next = bytes.uint8(at: length), let size = bytes.uint8(at: length + 1) else {
                isCut = true
                return
            }
            transport = TransportProtocol(rawValue: next)
            switch unit {
            case 0: length += 8
            case 4: length += (Int(size) + 2) * 4
            default: length += (Int(size) + 1) * 8
            }
        }
    }

    /// Whether an ICMP type of this family reports about another packet.
    func isICMPError(_ type: UInt8) -> Bool {
        switch family {
        case .ipv4: [3, 4, 5, 11, 12].contains(type)
        case .ipv6: type < 128
        }
    }
}
