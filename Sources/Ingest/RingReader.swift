internal import CLinux
public import Wire

/// Takes the blocks of a packet ring in the order in which the kernel fills them.
///
/// It knows memory only, and no socket: tests and benchmarks give it memory of their own, laid out as the kernel does.
// Safe, as the memory is touched within its bounds only.
@safe
public struct RingReader: ~Copyable {
    /// The bit of a block's status by which it is the reader's (`TP_STATUS_USER`).
    private static let isOurs: UInt32 = 1

    private let memory: UnsafeMutableRawPointer
    private let blockSize: Int
    public let blockCount: Int
    private let knowsSegments: Bool
    /// The block that comes next.
    private var index = 0

    /// - Parameters:
    ///   - memory: blocks of `blockSize` bytes, a multiple of 8, one at least; it stays where it is for as long as the reader lives.
    ///   - knowsSegments: see ``RingBlock``.
    public init(memory: UnsafeMutableRawPointer, blockSize: Int, blockCount: Int, knowsSegments: Bool) {
        precondition(blockSize >= RingLayout.blockHeaderSize && blockSize % 8 == 0 && blockCount > 0, "no ring")
        // SAFETY: the caller keeps the memory, and as many bytes of it as it says.
        unsafe self.memory = memory
        self.blockSize = blockSize
        self.blockCount = blockCount
        self.knowsSegments = knowsSegments
    }

    /// Hands on the next block and gives it back.
    ///
    /// - Parameter body: reads the block's frames, which are there until it returns.
    /// - Returns: `false` where the kernel has not given the block yet.
    public mutating func takeBlock(_ body: (RingBlock) -> Void) -> Bool {
        // SAFETY: the index is below the count of blocks, so the block lies within the memory; the status says that it is the reader's
        // until it is given back, so nobody writes while it is borrowed.
        let block = unsafe memory + index &* blockSize
        let status = unsafe block + RingLayout.status
        guard unsafe nfmon_ring_status(status) & Self.isOurs != 0 else { return false }
        let bytes = unsafe UnsafeRawBufferPointer(start: block, count: blockSize)
        body(RingBlock(ByteReader(unsafe bytes.bytes), knowsSegments: knowsSegments))
        // So that what the kernel has begun to fill can be told from what it has not.
        unsafe block.storeBytes(of: 0, toByteOffset: RingLayout.frameCount, as: UInt32.self)
        unsafe nfmon_ring_set_status(status, 0)
        index = index &+ 1 == blockCount ? 0 : index &+ 1
        return true
    }

    /// Frames that nobody has read in the next block, which may wait or still be filled by the kernel.
    var heldCount: Int {
        // SAFETY: as above; the kernel may count up meanwhile, and either count is an answer.
        unsafe Int(
            memory.loadUnaligned(fromByteOffset: index &* blockSize &+ RingLayout.frameCount, as: UInt32.self))
    }
}
