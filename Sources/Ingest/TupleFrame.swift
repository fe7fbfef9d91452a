internal import FlowModel

/// Ethernet frames made of tuples: headers, and zeros for what a tuple does not say.
enum TupleFrame {
    static func bytes(of key: FlowKey) -> [UInt8] {
        var transport: [UInt8] = []
        if key.transport.isICMP {
            transport = [key.icmpType, key.icmpCode, 0, 0] + big(key.icmpIdentifier) + [0, 1]
        } else if key.transport == .tcp {
            transport = big(key.sourcePort) + big(key.destinationPort)
            transport += [UInt8](repeating: 0, count: 8) + [0x50, 0x10] + [UInt8](repeating: 0, count: 6)
        } else {
            transport = big(key.sourcePort) + big(key.destinationPort) + big(UInt16(8)) + [0, 0]
        }
        var bytes = [UInt8](repeating: 0, count: 12)
        switch key.family {
        case .ipv4:
            bytes += [0x08, 0x00, 0x45, 0] + big(UInt16(20 + transport.count)) + [0, 0, 0x40, 0, 64]
            bytes += [key.transport.rawValue, 0, 0] + big(key.source.ipv4Bits) + big(key.destination.ipv4Bits)
        case .ipv6:
            bytes += [0x86, 0xdd, 0x60, 0, 0, 0] + big(UInt16(transport.count)) + [key.transport.rawValue, 64]
            bytes += big(key.source.high) + big(key.source.low) + big(key.destination.high) + big(key.destination.low)
        }
        return bytes + transport
    }

    private static func big(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
