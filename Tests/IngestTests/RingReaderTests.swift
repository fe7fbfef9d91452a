import FlowModel
import Ingest
import Testing
import Wire

/// The blocks of a ring, in memory that the test keeps as the kernel would.
struct RingReaderTests {
    /// A ring of some blocks with packets that are numbered by their ports.
    private static func ring(packetCount: Int) -> MockRing {
        var ring = MockRing(blockSize: 1024)
        for number in 0..<packetCount {
            ring.add(RingPacket(bytes: FrameSample.ethernet(0x0800) + .ipv4(17, .ports(UInt16(number), 53))))
        }
        return ring
    }

    /// Gives `body` a reader of the ring's memory, and the status word of each block.
    private func withReader(_ ring: MockRing, _ body: (inout RingReader, UnsafeMutableRawPointer) -> Void) {
        let memory = ring.memory
        // SAFETY: as many bytes as the ring has; the reader goes before them.
        let copy = UnsafeMutableRawPointer.allocate(byteCount: memory.count, alignment: 8)
        defer { unsafe copy.deallocate() }
        unsafe copy.copyMemory(from: memory, byteCount: memory.count)
        var reader = unsafe RingReader(
            memory: copy, blockSize: ring.blockSize, blockCount: ring.blocks.count, knowsSegments: true)
        unsafe body(&reader, copy)
    }

    private func ports(of block: RingBlock) -> [UInt16] {
        var block = block
        var ports: [UInt16] = []
        while let frame = block.next() { ports.append(frame.bytes.bigEndian(UInt16.self, at: 34) ?? 0) }
        return ports
    }

    @Test
    func blocksComeInTheirOrderAndAreGivenBack() {
        let ring = Self.ring(packetCount: 20)
        #expect(ring.blocks.count > 2)
        unsafe withReader(ring) { reader, memory in
            var seen: [UInt16] = []
            while reader.takeBlock({ seen += ports(of: $0) }) {}
            #expect(seen == Array(0..<20))
            for block in 0..<ring.blocks.count {
                let status = unsafe memory.load(fromByteOffset: block * 1024 + 8, as: UInt32.self)
                #expect(status == 0, "the kernel's again")
            }
        }
    }

    @Test
    func aBlockThatIsStillTheKernelsIsNotRead() {
        let ring = Self.ring(packetCount: 20)
        unsafe withReader(ring) { reader, memory in
            unsafe memory.storeBytes(of: 0, toByteOffset: 1024 + 8, as: UInt32.self)
            var seen: [UInt16] = []
            while reader.takeBlock({ seen += ports(of: $0) }) {}
            let first = seen
            #expect(!first.isEmpty && first.count < 20)
            // The kernel fills it; the reader goes on where it was, and round.
            unsafe memory.storeBytes(of: 1, toByteOffset: 1024 + 8, as: UInt32.self)
            while reader.takeBlock({ seen += ports(of: $0) }) {}
            #expect(seen == Array(0..<20))
            unsafe memory.storeBytes(of: 1, toByteOffset: 8, as: UInt32.self)
            let isThere = reader.takeBlock { _ in }
            #expect(isThere, "the first block again")
        }
    }
}
