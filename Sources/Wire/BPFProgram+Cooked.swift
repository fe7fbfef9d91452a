extension BPFProgram {
    /// The same program for packets as a packet socket shows them, where it was made for Linux cooked or raw ones; `nil` where it asks
    /// for what only a cooked header has.
    ///
    /// What the cooked header tells, the kernel knows of every packet (`SKF_AD_OFF`, linux/filter.h); and what lies behind the header
    /// it finds wherever the network header begins (`SKF_NET_OFF`); before Linux 6.16 only in the packet's first piece, so that filters by
    /// the payload of aggregates miss some there.
    public func uncooked(from linkType: LinkType) -> BPFProgram? {
        let header: UInt32
        switch linkType {
        case .linuxCooked: header = 16
        case .linuxCooked2: header = 20
        case .raw, .rawBSD: header = 0
        default: return self
        }
        var uncooked: [Instruction] = []
        for var instruction in instructions {
            if instruction.loadsFromPacket {
                if instruction.operand >= KernelWord.first {
                    // The kernel's own words stay what they are.
                } else if instruction.operand >= header {
                    instruction.operand = KernelWord.network &+ (instruction.operand - header)
                } else if let word = Self.word(at: instruction.operand, of: linkType) {
                    instruction.operand = word
                } else {
                    return nil
                }
            }
            uncooked.append(instruction)
        }
        return BPFProgram(uncooked)
    }

    /// Whether it asks for what only the kernel knows of a packet, and its bytes do not tell.
    public var asksKernel: Bool { instructions.contains { $0.loadsFromPacket && $0.operand >= KernelWord.first } }

    /// What a field of the cooked header is for the kernel.
    private static func word(at offset: UInt32, of linkType: LinkType) -> UInt32? {
        switch (linkType, offset) {
        case (.linuxCooked2, 0), (.linuxCooked, 14): KernelWord.protocol
        case (.linuxCooked2, 4): KernelWord.interface
        case (.linuxCooked2, 10), (.linuxCooked, 0): KernelWord.packetType
        default: nil
        }
    }

    /// Places that are no places in the packet (linux/filter.h).
    private enum KernelWord {
        static let network: UInt32 = 0xfff0_0000
        static let first: UInt32 = 0xffe0_0000
        static let `protocol`: UInt32 = 0xffff_f000
        static let packetType: UInt32 = 0xffff_f000 + 4
        static let interface: UInt32 = 0xffff_f000 + 8
    }
}

extension BPFProgram.Instruction {
    /// Whether it loads from the packet: BPF_LD or BPF_LDX with BPF_ABS, BPF_IND or BPF_MSH.
    fileprivate var loadsFromPacket: Bool {
        let kind = code & 0x07
        let mode = code & 0xe0
        return kind <= 1 && (mode == 0x20 || mode == 0x40 || mode == 0xa0)
    }
}
