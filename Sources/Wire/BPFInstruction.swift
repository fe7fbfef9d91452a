// What an instruction loads, from where, and where it goes on (linux/bpf_common.h).

extension BPFProgram.Instruction {
    /// Where a load finds what it loads.
    enum Mode: UInt16 {
        case immediate = 0x00
        case absolute = 0x20
        /// Behind the index register.
        case indirect = 0x40
        case memory = 0x60
        /// The packet's length.
        case length = 0x80
        /// The length of an IPv4 header, by the byte that says it.
        case header = 0xa0
    }

    /// Whether it loads one of the two registers: BPF_LD or BPF_LDX.
    var isLoad: Bool { code & 0x07 <= 1 }

    /// Of a load.
    var mode: Mode? { Mode(rawValue: code & 0xe0) }

    /// Of a load: how many bytes.
    var byteCount: Int {
        switch code & 0x18 {
        case 0x00: 4
        case 0x08: 2
        default: 1
        }
    }

    /// Whether it loads from the packet.
    var loadsFromPacket: Bool { isLoad && [.absolute, .indirect, .header].contains(mode) }
}

extension BPFProgram.Instruction {
    /// Whether it ends the program (BPF_RET).
    var isReturn: Bool { code & 0x07 == 0x06 }

    /// Whether it goes on elsewhere (BPF_JMP).
    var isJump: Bool { code & 0x07 == 0x05 }

    /// Of a jump: whether it compares the accumulator with its operand for being equal (BPF_JEQ, BPF_K).
    var isEqual: Bool { code == 0x15 }

    /// Of a jump: how many instructions it skips where its condition holds, and where it does not; one of BPF_JA has none.
    var jumps: [(isTrue: Bool, skipped: Int)] {
        code & 0xf0 == 0 ? [(true, Int(operand))] : [(true, Int(jumpTrue)), (false, Int(jumpFalse))]
    }

    /// Whether it needs the accumulator: BPF_ST, BPF_ALU, BPF_JMP but for BPF_JA, BPF_RET with BPF_A, or BPF_TAX.
    var usesAccumulator: Bool {
        switch code & 0x07 {
        case 0x02, 0x04: true
        case 0x05: code & 0xf0 != 0
        case 0x06: code & 0x18 == 0x10
        case 0x07: code == 0x07
        default: false
        }
    }

    /// Whether it sets the accumulator: BPF_LD, BPF_ALU or BPF_MISC's BPF_TXA.
    var changesAccumulator: Bool { [0x00, 0x04].contains(code & 0x07) || code == 0x87 }
}
