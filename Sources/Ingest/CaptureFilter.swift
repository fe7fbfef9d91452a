internal import CPcap
public import FlowModel
public import Wire

/// An expression in tcpdump's language (pcap-filter(7)), asked for each frame of a savefile.
public struct CaptureFilter: Sendable {
    private let program: BPFProgram

    /// - Throws: where the expression means nothing for such frames, in libpcap's words.
    public init(_ expression: String, linkType: LinkType) throws(IngestError) {
        let handle = try CaptureHandle.open(linkType: linkType, snapLength: SavefileRecord.longest)
        program = try handle.compile(expression)
        // libpcap takes the handle for that of an interface.
        guard !program.asksKernel else {
            throw IngestError(
                .wording, IngestError.operation(ofFilter: expression),
                reason: "a savefile does not tell what it asks for")
        }
    }

    /// Refuses an expression before anything is read.
    ///
    /// - Throws: where it means nothing for frames of any kind, in libpcap's words.
    static func check(_ expression: String) throws(IngestError) {
        do throws(IngestError) {
            _ = try CaptureFilter(expression, linkType: .ethernet)
        } catch {
            // Some words are for the headers of other links.
            let others = LinkType.allCases.filter { $0.isOfFrames && $0 != .ethernet }
            guard others.contains(where: { (try? CaptureFilter(expression, linkType: $0)) != nil }) else { throw error }
        }
    }

    /// Whether it asks Ethernet frames for nothing but what all packets of a tuple have in common.
    var asksOnlyTuples: Bool { program.asksOnlyTuples }

    /// Whether the frame is one of those that the expression means.
    public func admits(_ frame: borrowing Frame) -> Bool {
        let bytes = frame.bytes.bytes
        let length = UInt32(clamping: frame.facts.originalLength)
        // SAFETY: libpcap made the program, an Instruction is laid out as its struct bpf_insn, and both lengths are the frame's.
        return unsafe program.instructions.withUnsafeBytes { program in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe bpf_filter(
                    program.assumingMemoryBound(to: bpf_insn.self).baseAddress,
                    bytes.assumingMemoryBound(to: UInt8.self).baseAddress, length, UInt32(clamping: bytes.count)) != 0
            }
        }
    }
}
