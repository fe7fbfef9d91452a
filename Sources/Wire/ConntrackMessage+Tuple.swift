import FlowModel

extension FlowKey {
    /// Fills the key from CTA_TUPLE_ORIG, _REPLY or _MASTER.
    mutating func decode(tuple: ByteReader) throws(WireFault) {
        if decode(laidOut: tuple) { return }
        var cursor = NetlinkAttributes(tuple)
        while try cursor.next() {
            switch cursor.type {
            case 1: try decode(addresses: cursor.payload)  // CTA_TUPLE_IP
            case 2: try decode(transport: cursor.payload)  // CTA_TUPLE_PROTO
            case 3: zone = try cursor.scalar(UInt16.self)  // CTA_TUPLE_ZONE: of this direction only
            default: break
            }
        }
    }

    @inline(__always)
    private mutating func decode(addresses: ByteReader) throws(WireFault) {
        var cursor = NetlinkAttributes(addresses)
        while try cursor.next() {
            switch cursor.type {
            case 1:  // CTA_IP_V4_SRC
                source = IPAddress(ipv4: try cursor.scalar(UInt32.self))
                family = .ipv4
            case 2: destination = IPAddress(ipv4: try cursor.scalar(UInt32.self))  // CTA_IP_V4_DST
            case 3:  // CTA_IP_V6_SRC
                source = try IPAddress(ipv6: cursor.payload)
                family = .ipv6
            case 4: destination = try IPAddress(ipv6: cursor.payload)  // CTA_IP_V6_DST
            default: break
            }
        }
    }

    @inline(__always)
    private mutating func decode(transport attributes: ByteReader) throws(WireFault) {
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            switch cursor.type {
            case 1: transport = TransportProtocol(rawValue: try cursor.scalar(UInt8.self))  // CTA_PROTO_NUM
            case 2: sourcePort = try cursor.scalar(UInt16.self)  // CTA_PROTO_SRC_PORT; GRE: its key
            case 3: destinationPort = try cursor.scalar(UInt16.self)  // CTA_PROTO_DST_PORT
            case 4, 7: sourcePort = try cursor.scalar(UInt16.self)  // CTA_PROTO_ICMP_ID, _ICMPV6_ID
            case 5, 8:  // CTA_PROTO_ICMP_TYPE, _ICMPV6_TYPE
                destinationPort = destinationPort & 0xff | UInt16(try cursor.scalar(UInt8.self)) << 8
            case 6, 9:  // CTA_PROTO_ICMP_CODE, _ICMPV6_CODE
                destinationPort = destinationPort & 0xff00 | UInt16(try cursor.scalar(UInt8.self))
            default: break
            }
        }
    }
}

extension IPAddress {
    /// The address in 16 bytes in network order.
    init(ipv6 bytes: ByteReader) throws(WireFault) {
        guard bytes.count == 16, let high = bytes.bigEndian(UInt64.self, at: 0),
            let low = bytes.bigEndian(UInt64.self, at: 8)
        else { throw .scalarLength }
        self.init(high: high, low: low)
    }
}
