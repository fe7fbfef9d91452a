// What of an Ethernet frame a tuple tells, as programs of libpcap load it (pcap-filter(7), `tcpdump -d`).

extension BPFProgram {
    /// Whether it asks an Ethernet frame for nothing but addresses, ports, protocols and ICMP types, which all packets of a tuple have in
    /// common.
    ///
    /// Of a frame made of a tuple all else would be invented: a filter by TTL, length or flags picks packets, whatever one of them
    /// answers. IPv6 has its addresses where IPv4 has its TTL and what follows its own: there only libpcap's words for addresses count.
    public var asksOnlyTuples: Bool { instructions.allSatisfy(\.asksOnlyTuples) }
}

extension BPFProgram.Instruction {
    fileprivate var asksOnlyTuples: Bool {
        guard isLoad else { return true }
        switch mode {
        case .absolute: return isOfTuple
        case .indirect: return isOfTransport
        case .length: return false
        default: return true
        }
    }

    /// At a fixed place: the Ethertype, the protocol of IPv4 (and whether it is a later fragment, which has no ports), that of IPv6, the
    /// addresses of either and of ARP, the ports behind a header of IPv6, or its ICMP type and code.
    private var isOfTuple: Bool {
        switch byteCount {
        case 4: operand == 28 || (22...50).contains(operand) && (operand - 22) % 4 == 0
        case 2: [12, 20, 54, 56].contains(operand) || (26...32).contains(operand)
        default: [20, 23, 38, 54, 55].contains(operand) || (26...33).contains(operand)
        }
    }

    /// Behind a header of IPv4 of any length: the ports, or ICMP's type and code.
    private var isOfTransport: Bool {
        switch byteCount {
        case 4: operand == 14
        case 2: operand == 14 || operand == 16
        default: operand == 14 || operand == 15
        }
    }
}
