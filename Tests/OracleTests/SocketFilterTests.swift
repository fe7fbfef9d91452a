import FlowModel
import Testing
import Wire

/// The kernel, running the program of a filter, against the filter itself.
struct SocketFilterTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func kernelAdmitsExactlyWhatTheFilterAdmits(seed: UInt64) throws {
        var messages = RandomConntrack(seed: seed)
        var filters = RandomSourceFilter(seed: seed &* 7919)
        var admittedCount = 0
        for number in 0..<600 {
            let isEnd = number % 3 == 0
            guard let bytes = messages.next()?.bytes, let (kind, entry) = try Self.decode(bytes, isEnd: isEnd) else {
                continue
            }
            let filter = SourceFilter(filters.tree(around: entry))
            guard let program = BPFProgram(keeping: filter) else { continue }
            let kernel = try #require(KernelFilter(program), "the kernel takes the program")
            let admits = filter.admits(ConntrackObservation(kind: kind, entry: entry, helper: .none))
            let kernelAdmits = kernel.admits(isEnd ? Self.end(bytes) : bytes)
            if admits { admittedCount += 1 }
            // A GRE tuple has keys in the place of ports: nfmon knows that they are none, the program does not.
            if entry.original.transport == .gre {
                #expect(kernelAdmits || !admits, "message \(number): \(filter.tree)")
            } else {
                #expect(kernelAdmits == admits, "message \(number): \(filter.tree)")
            }
        }
        #expect((100...500).contains(admittedCount), "the filters say yes and no: \(admittedCount)")
    }

    @Test func kernelKeepsWhatItCannotJudge() throws {
        let filter = SourceFilter(.test(SourceTest(.transport(6...6))))
        let kernel = try #require(BPFProgram(keeping: filter).flatMap { KernelFilter($0) })
        #expect(kernel.admits(NetlinkMessage.noOperation + [0, 0, 0, 0]))
        let withoutTuples = MessageBuffer(type: 0x100, flags: 0x600, family: 2)
        #expect(kernel.admits(withoutTuples.bytes))
    }

    @Test func filterThatIsTooLongIsLeftToNfmonInPart() throws {
        let tests = (0..<3000).compactMap { number in
            IPPrefix(IPAddress(ipv4: UInt32(number)), family: .ipv4).map {
                BooleanTree.test(SourceTest(.address(.originalSource, $0)))
            }
        }
        #expect(BPFProgram(keeping: SourceFilter(.any(tests))) == nil, "longer than the kernel takes")
        #expect(BPFProgram(keeping: .everything) == nil, "nothing to leave out")
        let tcp = BooleanTree.test(SourceTest(.transport(6...6)))
        let part = try #require(BPFProgram(keeping: SourceFilter(.all([tcp, .any(tests)]))))
        let whole = try #require(BPFProgram(keeping: SourceFilter(tcp)))
        #expect(part.instructions == whole.instructions)
    }

    /// What a message of the event socket says.
    private static func decode(_ bytes: [UInt8], isEnd: Bool) throws -> (ConntrackObservation.Kind, ConntrackEntry)? {
        var messages = NetlinkMessages(bytes.reader)
        guard let message = try messages.next(), let netfilter = try NetfilterMessage(message) else { return nil }
        let conntrack = try ConntrackMessage(attributes: netfilter.attributes)
        return (isEnd ? .destroy : message.flags & 0x600 != 0 ? .new : .update, conntrack.entry)
    }

    /// The same message as a DESTROY.
    private static func end(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let type = (0x0102 as UInt16).hostBytes
        (bytes[4], bytes[5]) = (type.0, type.1)
        return bytes
    }
}

extension UInt16 {
    /// The two bytes in the order of this machine.
    fileprivate var hostBytes: (UInt8, UInt8) {
        let big = bigEndian
        return (UInt8(truncatingIfNeeded: big >> 8), UInt8(truncatingIfNeeded: big))
    }
}
