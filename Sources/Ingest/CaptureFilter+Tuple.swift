internal import Wire

// What of an Ethernet frame a tuple tells, as programs of libpcap load it (pcap-filter(7), `tcpdump -d`).

extension CaptureFilter {
    /// Whether it asks for nothing but addresses, ports, protocols and ICMP types, which all packets of a tuple have in common.
    ///
    /// Of a frame made of a tuple all else would be invented: a filter by TTL, length or flags picks packets, whatever one of them
    /// answers.
    var asksOnlyTuples: Bool { program.instructions.allSatisfy(\.asksOnlyTuples) }
}

extension BPFProgram.Instruction {
    fileprivate var asksOnlyTuples: Bool {
        guard code & Word.kind <= Word.loadIndex else { return true }
        switch code & Word.mode {
        case Word.absolute: return Self.isOfTuple(code & Word.size, operand)
        case Word.indirect: return Self.isOfTransport(code & Word.size, operand)
        case Word.length: return false
        default: return true
        }
    }

    /// At a fixed place: the Ethertype, the protocol of IPv4 (and whether it is a later fragment, which has no ports), that of IPv6, the
    /// addresses of either and of ARP, the ports behind a header of IPv6, or its ICMP type and code.
    ///
    /// IPv6 has its source where IPv4 has its TTL: that is loaded as a byte, addresses as words.
    private static func isOfTuple(_ size: UInt16, _ offset: UInt32) -> Bool {
        switch (size, offset) {
        case (Word.half, 12), (Word.half, 20), (Word.byte, 20), (Word.byte, 23), (Word.full, 22): true
        case (Word.half, 54), (Word.half, 56), (Word.byte, 54), (Word.byte, 55): true
        default: (26...53).contains(offset)
        }
    }

    /// Behind a header of IPv4 of any length: the ports, or ICMP's type and code.
    private static func isOfTransport(_ size: UInt16, _ offset: UInt32) -> Bool {
        switch (size, offset) {
        case (Word.half, 14), (Word.half, 16), (Word.full, 14), (Word.byte, 14), (Word.byte, 15): true
        default: false
        }
    }

    /// Parts of an instruction's code (linux/bpf_common.h).
    private enum Word {
        static let kind: UInt16 = 0x07
        /// The kinds that load: `BPF_LD` is 0.
        static let loadIndex: UInt16 = 0x01
        static let mode: UInt16 = 0xe0
        static let absolute: UInt16 = 0x20
        static let indirect: UInt16 = 0x40
        static let length: UInt16 = 0x80
        static let size: UInt16 = 0x18
        static let full: UInt16 = 0x00
        static let half: UInt16 = 0x08
        static let byte: UInt16 = 0x10
    }
}
