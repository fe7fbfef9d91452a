import FlowModel

// ctnetlink's attributes by hand; the numbers are those of linux/netfilter/nfnetlink_conntrack.h.

extension [UInt8] {
    /// Appends CTA_TUPLE_ORIG (1), _REPLY (2) or _MASTER (14).
    mutating func addTuple(_ type: UInt16, _ key: FlowKey, zone: UInt16? = nil) {
        addNest(type) { tuple in
            tuple.addNest(1) { addresses in
                switch key.family {
                case .ipv4:
                    addresses.addAttribute(1, number: key.source.ipv4Bits)
                    addresses.addAttribute(2, number: key.destination.ipv4Bits)
                case .ipv6:
                    addresses.addAttribute(3, [UInt8](big: key.source.high) + [UInt8](big: key.source.low))
                    addresses.addAttribute(4, [UInt8](big: key.destination.high) + [UInt8](big: key.destination.low))
                }
            }
            tuple.addNest(2) { transport in
                transport.addAttribute(1, number: key.transport.rawValue)
                if key.transport.isICMP {
                    let first: UInt16 = key.family == .ipv4 ? 4 : 7
                    transport.addAttribute(first, number: key.icmpIdentifier)
                    transport.addAttribute(first + 1, number: key.icmpType)
                    transport.addAttribute(first + 2, number: key.icmpCode)
                } else {
                    transport.addAttribute(2, number: key.sourcePort)
                    transport.addAttribute(3, number: key.destinationPort)
                }
            }
            if let zone { tuple.addAttribute(3, number: zone) }
        }
    }

    /// Appends CTA_COUNTERS_ORIG (9) or _REPLY (10).
    mutating func addCounters(_ type: UInt16, packets: UInt64, bytes: UInt64) {
        addNest(type) {
            $0.addAttribute(1, number: packets)
            $0.addAttribute(2, number: bytes)
        }
    }

    /// Appends CTA_PROTOINFO of TCP.
    mutating func addTCP(state: UInt8, scales: (UInt8, UInt8) = (7, 8), flags: (UInt8, UInt8) = (0x0b, 0x23)) {
        addNest(4) {
            $0.addNest(1) { tcp in
                tcp.addAttribute(1, number: state)
                tcp.addAttribute(2, number: scales.0)
                tcp.addAttribute(3, number: scales.1)
                tcp.addAttribute(4, [flags.0, 0xff])
                tcp.addAttribute(5, [flags.1, 0xff])
            }
        }
    }
}

extension FlowKey {
    /// 10.0.0.7:51514 to 198.51.100.9:443, TCP.
    static let web = FlowKey(
        source: IPAddress(ipv4: 0x0a00_0007), destination: IPAddress(ipv4: 0xc633_6409), sourcePort: 51514,
        destinationPort: 443, transport: .tcp, family: .ipv4)

    /// What comes back to ``web`` when the firewall, 192.0.2.1, masquerades it.
    static let webReply = FlowKey(
        source: IPAddress(ipv4: 0xc633_6409), destination: IPAddress(ipv4: 0xc000_0201), sourcePort: 443,
        destinationPort: 40001, transport: .tcp, family: .ipv4)

    /// 2001:db8::7 to 2001:db8:1::53, port 53, UDP.
    static let names = FlowKey(
        source: IPAddress(high: 0x2001_0db8_0000_0000, low: 7),
        destination: IPAddress(high: 0x2001_0db8_0001_0000, low: 0x53), sourcePort: 5353, destinationPort: 53,
        transport: .udp, family: .ipv6)

    /// 10.0.0.7 pings 198.51.100.9 with the identifier 0x1234.
    static let ping = FlowKey(
        source: IPAddress(ipv4: 0x0a00_0007), destination: IPAddress(ipv4: 0xc633_6409), sourcePort: 0x1234,
        destinationPort: 8 << 8, transport: .icmp, family: .ipv4)

    /// 2001:db8::7 pings 2001:db8:1::53 with the identifier 0x4321.
    static let ping6 = FlowKey(
        source: IPAddress(high: 0x2001_0db8_0000_0000, low: 7),
        destination: IPAddress(high: 0x2001_0db8_0001_0000, low: 0x53), sourcePort: 0x4321,
        destinationPort: 128 << 8, transport: .icmpv6, family: .ipv6)
}
