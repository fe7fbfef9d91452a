/// A classic BPF program, as `SO_ATTACH_FILTER` takes it (linux/filter.h).
public struct BPFProgram: Sendable {
    /// `struct sock_filter`.
    public struct Instruction: Hashable, Sendable {
        public var code: UInt16
        /// How many instructions a conditional jump skips where its condition holds, and where it does not.
        public var jumpTrue: UInt8 = 0
        public var jumpFalse: UInt8 = 0
        public var operand: UInt32

        public init(code: UInt16, jumpTrue: UInt8 = 0, jumpFalse: UInt8 = 0, operand: UInt32) {
            (self.code, self.jumpTrue, self.jumpFalse, self.operand) = (code, jumpTrue, jumpFalse, operand)
        }
    }

    /// What the kernel takes at most (`BPF_MAXINSNS`).
    public static let maximumCount = 4096

    public private(set) var instructions: [Instruction] = []
    /// Long jumps whose target is not known yet: the instruction and the label.
    private var openJumps: [(place: Int, label: Int)] = []
    /// Where each label stands.
    private var labels: [Int: Int] = [:]

    init() {}

    /// A program that somebody else has made.
    public init(_ instructions: [Instruction]) { self.instructions = instructions }

    /// A program that keeps of every message so many bytes, and with 0 none (BPF_RET).
    public init(keeping byteCount: UInt32) { append(0x06, byteCount) }

    // MARK: Instructions

    // Their codes are those of linux/bpf_common.h: class, size and mode added up.

    /// The accumulator becomes a number (BPF_LD, BPF_IMM).
    mutating func load(_ number: UInt32) { append(0x00, number) }

    /// The accumulator becomes what lies at a place of the message: 1, 2 or 4 bytes in network order (BPF_LD, BPF_ABS).
    mutating func load(byteCount: Int, at offset: UInt32) { append(0x20 | Self.size(byteCount), offset) }

    /// The same, that many bytes behind where the index register points (BPF_LD, BPF_IND).
    mutating func load(byteCount: Int, behindIndex offset: UInt32) { append(0x40 | Self.size(byteCount), offset) }

    /// The accumulator becomes a word of the program's memory (BPF_LD, BPF_MEM).
    mutating func loadMemory(_ slot: UInt32) { append(0x60, slot) }

    /// A word of the program's memory becomes the accumulator (BPF_ST).
    mutating func storeMemory(_ slot: UInt32) { append(0x02, slot) }

    /// The index register becomes a number (BPF_LDX, BPF_IMM).
    mutating func setIndex(_ number: UInt32) { append(0x01, number) }

    /// The index register becomes the accumulator (BPF_MISC, BPF_TAX).
    mutating func setIndexToAccumulator() { append(0x07, 0) }

    /// The accumulator keeps these bits (BPF_ALU, BPF_AND).
    mutating func mask(_ bits: UInt32) { append(0x54, bits) }

    /// The accumulator, an offset, becomes the offset of the first attribute from there on whose type the index register
    /// has; 0 where there is none (`SKF_AD_NLATTR`).
    mutating func findAttribute() { append(0x20, 0xffff_f000 &+ 12) }

    /// The same among the attributes within the one at the accumulator's offset (`SKF_AD_NLATTR_NEST`).
    mutating func findNestedAttribute() { append(0x20, 0xffff_f000 &+ 16) }

    /// Keeps the message or drops it (BPF_RET).
    mutating func end(accepting: Bool) { append(0x06, accepting ? .max : 0) }

    // MARK: Jumps

    enum Condition: UInt16 {
        case equal = 0x15
        case greater = 0x25
        case greaterOrEqual = 0x35
        case anyBit = 0x45
    }

    /// Goes to one of two labels, which stand further down, by comparing the accumulator with a number.
    ///
    /// By way of long jumps: the short ones reach 255 instructions only.
    mutating func branch(_ condition: Condition, _ number: UInt32, onTrue: Int, onFalse: Int) {
        append(condition.rawValue, number, jumpFalse: 1)
        jump(to: onTrue)
        jump(to: onFalse)
    }

    /// Goes to a label where the condition holds, else on.
    mutating func branch(_ condition: Condition, _ number: UInt32, onTrue: Int) {
        append(condition.rawValue, number, jumpFalse: 1)
        jump(to: onTrue)
    }

    /// Goes to a label where the condition does not hold, else on.
    mutating func branch(_ condition: Condition, _ number: UInt32, onFalse: Int) {
        append(condition.rawValue, number, jumpTrue: 1)
        jump(to: onFalse)
    }

    /// Goes to a label, however far down it stands (BPF_JMP, BPF_JA).
    mutating func jump(to label: Int) {
        openJumps.append((instructions.count, label))
        append(0x05, 0)
    }

    /// The next instruction is where `label` leads.
    mutating func place(_ label: Int) { labels[label] = instructions.count }

    /// Fills in the jumps. Every label has its place by now.
    mutating func close() {
        for (place, label) in openJumps {
            guard let target = labels[label] else { preconditionFailure("a jump to nowhere") }
            instructions[place].operand = UInt32(target - place - 1)
        }
        openJumps = []
    }

    private mutating func append(_ code: UInt16, _ operand: UInt32, jumpTrue: UInt8 = 0, jumpFalse: UInt8 = 0) {
        instructions.append(Instruction(code: code, jumpTrue: jumpTrue, jumpFalse: jumpFalse, operand: operand))
    }

    private static func size(_ byteCount: Int) -> UInt16 {
        switch byteCount {
        case 1: 0x10
        case 2: 0x08
        default: 0x00
        }
    }
}
