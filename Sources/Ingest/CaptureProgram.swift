internal import FlowModel
internal import Wire

/// What the kernel is told to keep of an interface's packets.
struct CaptureProgram: Sendable {
    /// In tcpdump's language; empty for all packets.
    let expression: String
    /// Bytes of each packet.
    let snapLength: UInt32

    /// The program for an interface as it is now.
    func compiled(on interface: CaptureInterface, for operation: String) throws(IngestError) -> BPFProgram {
        guard !expression.isEmpty else { return BPFProgram(keeping: snapLength) }
        let handle = try CaptureHandle.open(on: interface, snapLength: snapLength, for: operation)
        let program = try handle.compile(expression)
        guard let linkType = LinkType(rawValue: UInt32(bitPattern: handle.linkType)) else { return program }
        guard let uncooked = program.uncooked(from: linkType) else {
            throw IngestError(
                .wording, "capture filter '\(expression)'",
                reason: "on \(interface.name) the kernel does not keep what it asks for", cure: "man pcap-filter")
        }
        return uncooked
    }
}
