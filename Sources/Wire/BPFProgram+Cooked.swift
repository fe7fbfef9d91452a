extension BPFProgram {
    /// The same program for packets as a packet socket shows them, where it was made for Linux cooked ones; `nil` where it asks for what
    /// only a cooked header has.
    ///
    /// What the cooked header tells, the kernel knows of every packet (`SKF_AD_OFF`, linux/filter.h). What lies behind the header is
    /// behind 14 bytes where the frame has an Ethernet header; else wherever the network header begins (`SKF_NET_OFF`). That is asked
    /// there only where it must be, as before Linux 6.16 the kernel does not find what lies beyond a packet's first piece by it, such as the payload of an
    /// aggregate.
    public func uncooked(from linkType: LinkType) -> BPFProgram? {
        guard linkType == .linuxCooked || linkType == .linuxCooked2 else { return self }
        guard let others = uncooked(from: linkType, networkAt: KernelWord.network),
            let ethernet = uncooked(from: linkType, networkAt: 14)
        else { return nil }
        let program = Self.hardwareSwitch(over: others.count) + others + ethernet
        return BPFProgram(program.count <= Self.maximumCount ? program : others)
    }

    /// Goes over so many instructions where the frame has an Ethernet header (``RingLayout/isEthernet(_:)``), else on.
    private static func hardwareSwitch(over count: Int) -> [Instruction] {
        [
            Instruction(code: 0x20, operand: KernelWord.hardware),
            Instruction(code: 0x15, jumpTrue: 1, operand: 1),
            Instruction(code: 0x15, jumpFalse: 1, operand: 772),
            Instruction(code: 0x05, operand: UInt32(count)),
        ]
    }

    /// - Parameter network: where the network header is.
    private func uncooked(from linkType: LinkType, networkAt network: UInt32) -> [Instruction]? {
        let header: UInt32 = linkType == .linuxCooked ? 16 : 20
        var uncooked: [Instruction] = []
        for var instruction in instructions {
            if instruction.loadsFromPacket {
                if instruction.operand >= KernelWord.first {
                    // The kernel's own words stay what they are.
                } else if instruction.operand >= header {
                    instruction.operand = network &+ (instruction.operand - header)
                } else if let word = Self.word(at: instruction.operand, of: linkType) {
                    instruction.operand = word
                } else {
                    return nil
                }
            }
            uncooked.append(instruction)
        }
        return uncooked
    }

    /// Whether it asks for what only the kernel knows of a packet, and its bytes do not tell.
    public var asksKernel: Bool { instructions.contains { $0.loadsFromPacket && $0.operand >= KernelWord.first } }

    /// What a field of the cooked header is for the kernel.
    private static func word(at offset: UInt32, of linkType: LinkType) -> UInt32? {
        switch (linkType, offset) {
        case (.linuxCooked2, 0), (.linuxCooked, 14): KernelWord.protocol
        case (.linuxCooked2, 4): KernelWord.interface
        case (.linuxCooked2, 10), (.linuxCooked, 0): KernelWord.packetType
        case (.linuxCooked2, 8), (.linuxCooked, 2): KernelWord.hardware
        default: nil
        }
    }

    /// Places that are no places in the packet (linux/filter.h).
    enum KernelWord {
        static let network: UInt32 = 0xfff0_0000
        static let first: UInt32 = 0xffe0_0000
        static let `protocol`: UInt32 = 0xffff_f000
        static let packetType: UInt32 = 0xffff_f000 + 4
        static let interface: UInt32 = 0xffff_f000 + 8
        static let hardware: UInt32 = 0xffff_f000 + 28
    }
}
