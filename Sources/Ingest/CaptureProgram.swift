internal import FlowModel
internal import Wire

/// What the kernel is told to keep of an interface's packets.
struct CaptureProgram: Sendable {
    /// In tcpdump's language; empty for all packets.
    let expression: String
    /// Bytes of each packet.
    let snapLength: UInt32
    /// Whether a packet of the loopback is kept as it comes in only.
    let leavesLoopbackEgress: Bool

    /// The program for an interface as it is now.
    func compiled(on interface: CaptureInterface) throws(IngestError) -> BPFProgram {
        let chosen = try expressed(on: interface)
        let program = leavesLoopbackEgress ? chosen.leavingLoopbackEgress() : chosen
        let limit = BPFProgram.maximumCount
        guard program.instructions.count <= limit else {
            throw .tooLong(filter: expression, "the kernel takes a program of \(limit) instructions")
        }
        return program
    }

    private func expressed(on interface: CaptureInterface) throws(IngestError) -> BPFProgram {
        guard !expression.isEmpty else { return BPFProgram(keeping: snapLength) }
        let handle = try CaptureHandle.open(on: interface, snapLength: snapLength)
        let cooked = try handle.compile(expression)
        // A link type that nfmon does not know is none of the cooked ones.
        let linkType = LinkType(rawValue: UInt32(bitPattern: handle.linkType)) ?? .ethernet
        guard let program = cooked.uncooked(from: linkType) else {
            throw IngestError(
                .wording, IngestError.operation(ofFilter: expression),
                reason: "on \(interface.name) the kernel does not keep what it asks for", cure: "man pcap-filter")
        }
        return program
    }
}
