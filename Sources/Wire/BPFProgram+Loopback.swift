extension BPFProgram {
    /// The same program, but for packets that go out by a loopback interface: they come in there at once, and would be there twice.
    public func leavingLoopbackEgress() -> BPFProgram {
        let prefix = [
            Instruction(code: 0x20, operand: KernelWord.hardware),
            Instruction(code: 0x15, jumpFalse: 3, operand: 772),  // ARPHRD_LOOPBACK
            Instruction(code: 0x20, operand: KernelWord.packetType),
            Instruction(code: 0x15, jumpFalse: 1, operand: 4),  // PACKET_OUTGOING
            Instruction(code: 0x06, operand: 0),
        ]
        return BPFProgram(prefix + instructions)
    }
}
