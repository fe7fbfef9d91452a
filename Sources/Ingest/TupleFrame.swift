internal import FlowModel

/// Ethernet frames made of tuples: headers, and zeros for what a tuple does not say.
enum TupleFrame {
    /// - Parameter isFragment: makes a piece of a datagram, none that begins one: it has no ports.
    static func bytes(of key: FlowKey, isFragment: Bool = false) -> [UInt8] {
        var transport: [UInt8] = []
        if key.transport.isICMP {
            transport = [key.icmpType, key.icmpCode, 0, 0] + big(key.icmpIdentifier) + [0, 1]
        } else if key.transport == .tcp {
            transport = big(key.sourcePort) + big(key.destinationPort)
            transport += [UInt8](repeating: 0, count: 8) + [0x50, 0x10] + [UInt8](repeating: 0, count: 6)
        } else {
            transport = big(key.sourcePort) + big(key.destinationPort) + big(UInt16(8)) + [0, 0]
        }
        if isFragment { transport = [UInt8](repeating: 0, count: transport.count) }
        var bytes = [UInt8](repeating: 0, count: 12)
        switch key.family {
        case .ipv4:
            // Not to be cut; else 185 times eight bytes from the beginning.
            let fragment: [UInt8] = isFragment ? [0, 185] : [0x40, 0]
            bytes += [0x08, 0x00, 0x45, 0] + big(UInt16(20 + transport.count)) + [0, 0] + fragment + [64]
            bytes += [key.transport.rawValue, 0, 0] + big(key.source.ipv4Bits) + big(key.destination.ipv4Bits)
        case .ipv6:
            let next = key.transport.rawValue
            // A header of its own (RFC 8200 section 4.5).
            if isFragment { transport = [next, 0] + big(UInt16(185 << 3)) + [0, 0, 0, 1] + transport }
            bytes += [0x86, 0xdd, 0x60, 0, 0, 0] + big(UInt16(transport.count)) + [isFragment ? 44 : next, 64]
            bytes += big(key.source.high) + big(key.source.low) + big(key.destination.high) + big(key.destination.low)
        }
        return bytes + transport
    }

    private static func big(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
