// What an instruction loads, and from where (linux/bpf_common.h).

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
