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

    /// The kernel's word for the hardware, and the switch: 4 instructions before the program for frames of other hardware.
    private func expected(_ others: [UInt32], _ ethernet: [UInt32]) -> [UInt32] {
        [0xffff_f01c, 1, 772, UInt32(others.count)] + others + ethernet
    }

    @Test
    func theHeadersFieldsAreTheKernelsWordsAndTheRestIsBehindTheNetworkHeader() {
        #expect(
            operands(Self.second, .linuxCooked2)
                == expected(
                    [
                        0xffff_f000, 0xffff_f008, 0xffff_f004, 0xfff0_0009, 0xfff0_0000, 0xfff0_0002, 0xffff_f02c, 20,
                        96,
                    ],
                    [0xffff_f000, 0xffff_f008, 0xffff_f004, 23, 14, 16, 0xffff_f02c, 20, 96]))
        let first = BPFProgram([
            .init(code: 0x28, operand: 14), .init(code: 0x28, operand: 0), .init(code: 0x30, operand: 25),
        ])
        #expect(
            operands(first, .linuxCooked)
                == expected([0xffff_f000, 0xffff_f004, 0xfff0_0009], [0xffff_f000, 0xffff_f004, 23]))
    }

    @Test
    func theSwitchLeadsToTheProgramForTheHardware() throws {
        let program = try #require(Self.second.uncooked(from: .linuxCooked2)).instructions
        // Ethernet and loopback go to the jump, all else over it.
        #expect(program[1].jumpTrue == 1 && program[1].jumpFalse == 0)
        #expect(program[2].jumpTrue == 0 && program[2].jumpFalse == 1)
        #expect(program[3].code == 0x05 && program.count == 4 + 2 * Int(program[3].operand))
    }

    @Test
    func aProgramThatWouldBeTooLongTwiceIsThereOnce() throws {
        let long = BPFProgram(
            [BPFProgram.Instruction](repeating: .init(code: 0x30, operand: 29), count: BPFProgram.maximumCount / 2))
        let program = try #require(long.uncooked(from: .linuxCooked2)).instructions
        #expect(program.count == long.instructions.count && program.allSatisfy { $0.operand == 0xfff0_0009 })
    }

    @Test
    func aProgramForFramesAsTheyAreStaysAsItIs() {
        let program = BPFProgram([.init(code: 0x30, operand: 9), .init(code: 0x06, operand: 1)])
        #expect(operands(program, .raw) == [9, 1])
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
