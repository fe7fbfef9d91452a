// IP packets by hand, RFC 791 and RFC 8200.

extension [UInt8] {
    /// An IPv4 packet from 10.0.0.7 to 198.51.100.9; `length` is the header's word on the whole, where it shall lie.
    static func ipv4(
        _ transport: UInt8, _ payload: [UInt8], optionWords: Int = 0, fragment: UInt16 = 0, length: UInt16? = nil
    ) -> [UInt8] {
        let size = 20 + 4 * optionWords + payload.count
        var packet: [UInt8] = [0x45 + UInt8(optionWords), 0] + [UInt8](big: length ?? UInt16(size))
        packet += [0x12, 0x34] + [UInt8](big: fragment) + [64, transport, 0, 0]
        packet += [10, 0, 0, 7, 198, 51, 100, 9] + [UInt8](repeating: 1, count: 4 * optionWords)
        return packet + payload
    }

    /// An IPv6 packet from 2001:db8::7 to 2001:db8:1::53; `next` is the number of the first header behind the fixed one.
    static func ipv6(_ next: UInt8, _ payload: [UInt8], length: UInt16? = nil) -> [UInt8] {
        var packet: [UInt8] = [0x60, 0, 0, 0] + [UInt8](big: length ?? UInt16(payload.count)) + [next, 64]
        packet += [UInt8](big: 0x2001_0db8_0000_0000 as UInt64) + [UInt8](big: 7 as UInt64)
        packet += [UInt8](big: 0x2001_0db8_0001_0000 as UInt64) + [UInt8](big: 0x53 as UInt64)
        return packet + payload
    }

    /// The head of TCP (20 bytes), UDP, UDP-Lite, SCTP or DCCP: ports first in all of them.
    static func ports(_ source: UInt16, _ destination: UInt16, count: Int = 8) -> [UInt8] {
        let ports = [UInt8](big: source) + [UInt8](big: destination)
        return ports + [UInt8](repeating: 0, count: count - 4)
    }

    static func tcp(_ source: UInt16, _ destination: UInt16, flags: UInt8) -> [UInt8] {
        var header = ports(source, destination, count: 20)
        header[12] = 0x50
        header[13] = flags
        return header
    }

    /// An ICMP or ICMPv6 message: type, code, checksum, and what follows.
    static func icmp(_ type: UInt8, _ code: UInt8, _ rest: [UInt8]) -> [UInt8] { [type, code, 0, 0] + rest }
}
