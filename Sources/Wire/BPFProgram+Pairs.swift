extension BPFProgram {
    /// Makes a number of a packet's two addresses, the same for both directions and for every fragment, which a hash of ports would
    /// tear apart; 0 for what is no IP packet.
    public static var addressPair: BPFProgram {
        let ipv4 = xor(wordsAt: [12, 16])
        let ipv6 = xor(wordsAt: [8, 12, 16, 20, 24, 28, 32, 36])
        // Upper bits differ, too: the kernel takes the remainder of a small number (fanout_demux_bpf).
        var fold: [Instruction] = []
        for shift in [16, 8] as [UInt32] { fold += [keep, Instruction(code: 0x74, operand: shift), xorKept] }
        fold.append(Instruction(code: 0x16, operand: 0))
        // The version, which is the first four bits: 4, or else 6.
        var program = [Instruction(code: 0x30, operand: KernelWord.network), Instruction(code: 0x54, operand: 0xf0)]
        program.append(Instruction(code: 0x15, jumpFalse: UInt8(ipv4.count + 1), operand: 0x40))
        program += ipv4
        program.append(Instruction(code: 0x05, operand: UInt32(ipv6.count + 1)))
        program.append(Instruction(code: 0x15, jumpFalse: UInt8(ipv6.count + fold.count), operand: 0x60))
        program += ipv6
        program += fold
        program.append(Instruction(code: 0x06, operand: 0))
        return BPFProgram(program)
    }

    /// The index register keeps the accumulator (BPF_MISC, BPF_TAX), which then changes by what was kept (BPF_ALU, BPF_XOR, BPF_X).
    private static let keep = Instruction(code: 0x07, operand: 0)
    private static let xorKept = Instruction(code: 0xac, operand: 0)

    /// The words at some places of the network header, one laid over the other.
    private static func xor(wordsAt offsets: [UInt32]) -> [Instruction] {
        var instructions: [Instruction] = []
        for offset in offsets {
            let load = Instruction(code: 0x20, operand: KernelWord.network + offset)
            instructions += instructions.isEmpty ? [load] : [keep, load, xorKept]
        }
        return instructions
    }
}
