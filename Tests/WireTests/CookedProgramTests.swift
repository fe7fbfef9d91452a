import Testing
import Wire

/// Programs that were made for cooked packets, as the kernel's packet sockets need them.
struct CookedProgramTests {
    private func operands(_ program: BPFProgram, _ linkType: LinkType) -> [UInt32]? {
        program.uncooked(from: linkType)?.instructions.map(\.operand)
    }

    /// `ldh [0]`, `ld [4]`, `ldb [10]`, `ldb [29]`, `ldxb 4*([20]&0xf)`, `ldh [x + 22]`, `ld [vlan]`, `jeq`, `ret`.
    private static let second = BPFProgram([
        .init(code: 0x28, operand: 0), .init(code: 0x20, operand: 4), .init(code: 0x30, operand: 10),
        .init(code: 0x30, operand: 29), .init(code: 0xb1, operand: 20), .init(code: 0x48, operand: 22),
        .init(code: 0x20, operand: 0xffff_f02c), .init(code: 0x15, jumpTrue: 1, operand: 20),
        .init(code: 0x06, operand: 96),
    ])

    @Test
    func theHeadersFieldsAreTheKernelsWordsAndTheRestIsBehindTheNetworkHeader() {
        #expect(
            operands(Self.second, .linuxCooked2) == [
                0xffff_f000, 0xffff_f008, 0xffff_f004, 0xfff0_0009, 0xfff0_0000, 0xfff0_0002, 0xffff_f02c, 20, 96,
            ])
        let first = BPFProgram([
            .init(code: 0x28, operand: 14), .init(code: 0x28, operand: 0), .init(code: 0x30, operand: 25),
        ])
        #expect(operands(first, .linuxCooked) == [0xffff_f000, 0xffff_f004, 0xfff0_0009])
    }

    @Test
    func aRawProgramIsBehindTheNetworkHeaderToo() {
        let program = BPFProgram([.init(code: 0x30, operand: 9), .init(code: 0x06, operand: 1)])
        #expect(operands(program, .raw) == [0xfff0_0009, 1])
        #expect(operands(program, .ethernet) == [9, 1])
    }

    @Test
    func whatOnlyACookedHeaderHasIsRefused() {
        #expect(operands(BPFProgram([.init(code: 0x20, operand: 12)]), .linuxCooked2) == nil)
        #expect(operands(BPFProgram([.init(code: 0x28, operand: 6)]), .linuxCooked) == nil)
    }

    @Test
    func whatOnlyTheKernelKnowsIsFound() {
        #expect(Self.second.asksKernel)
        #expect(!BPFProgram([.init(code: 0x30, operand: 9), .init(code: 0x06, operand: .max)]).asksKernel)
    }

    /// The program runs in the kernel only: its jumps are checked here, what it makes of packets by the live tests.
    @Test
    func everyJumpOfThePairsProgramLeadsToAnInstruction() {
        let instructions = BPFProgram.addressPair.instructions
        for (place, instruction) in instructions.enumerated() where instruction.code & 7 == 5 {
            let longest =
                instruction.code == 0x05
                ? instruction.operand : UInt32(max(instruction.jumpTrue, instruction.jumpFalse))
            #expect(place + 1 + Int(longest) < instructions.count)
        }
        #expect(instructions.last?.code == 0x06)
    }
}
