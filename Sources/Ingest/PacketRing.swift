internal import CLinux
internal import FlowModel
internal import Glibc
internal import Wire

/// A packet socket and the ring into which the kernel puts what passes an interface (AF_PACKET, TPACKET_V3).
// Safe, as the pointer never leaves its one owner.
@safe
struct PacketRing: ~Copyable {
    struct Configuration: Sendable {
        /// Bytes of the whole ring.
        var byteCount = 32 << 20
        /// Milliseconds after which the kernel hands over a block that has not filled.
        var blockTimeout: UInt32 = 64
        var isPromiscuous = false
    }

    /// Bytes of a block at most: the kernel looks for as many in one piece.
    private static let greatestBlock = 1 << 20
    /// An aggregate and its headers must fit in a block.
    private static let leastBlock = 128 << 10

    let interface: CaptureInterface
    private let socket: Descriptor
    private let memory: UnsafeMutableRawPointer
    private let byteCount: Int
    private var reader: RingReader
    private let blockTimeout: UInt32
    private let gate: CaptureGate

    var number: Int32 { socket.number }

    /// Opens a ring; nothing passes that the program does not admit, and nothing at all before the gate is open.
    ///
    /// - Parameter share: joins it to the others that share the interface's packets; `nil` where it is alone.
    static func open(
        _ interface: CaptureInterface, _ configuration: Configuration, _ program: BPFProgram, share: PacketShare?,
        gate: CaptureGate
    ) throws(IngestError) -> PacketRing {
        let operation = interface.operation
        let number = nfmon_packet_socket()
        guard number >= 0 else { throw IngestError(operation, errno: -number, cure: Self.cure(for: -number)) }
        let socket = Descriptor(owning: number)
        // Whether the kernel takes the program shows here; that it admits something is the gate's word.
        try require(socket.attach(program), operation, cure: cureOfProgram(for:))
        try require(socket.attach(BPFProgram(keeping: 0)), operation)
        let knowsSegments = Self.mayKnowSegments && nfmon_packet_tell_segments(number) == 0
        let blockSize = min(Self.greatestBlock, max(Self.leastBlock, configuration.byteCount / 4 & ~0xffff))
        let blockCount = max(2, configuration.byteCount / blockSize)
        try require(
            nfmon_packet_make_ring(number, UInt32(blockSize), UInt32(blockCount), configuration.blockTimeout), operation
        )
        if configuration.isPromiscuous, interface.index != 0 {
            try require(nfmon_packet_be_promiscuous(number, interface.index), operation)
        }
        // SAFETY: the ring has as many bytes; its memory is mapped once, and unmapped by the owner that gets it.
        guard let memory = unsafe nfmon_packet_map_ring(number, UInt64(blockSize * blockCount)) else {
            throw IngestError(operation, errno: errno, cure: Self.cure(for: errno))
        }
        let ring = unsafe PacketRing(
            interface: interface, socket: socket, memory: memory, byteCount: blockSize * blockCount,
            reader: RingReader(
                memory: memory, blockSize: blockSize, blockCount: blockCount, knowsSegments: knowsSegments),
            blockTimeout: configuration.blockTimeout, gate: gate)
        try require(nfmon_packet_bind(number, interface.index), operation)
        // Only a socket that is bound can share, so it gets nothing before it does; and nothing is given to it before all are there.
        if let share { try require(share.join(number, interface.index), operation, cure: cureOfShare(for:)) }
        try require(gate.add(number, program), operation, cure: cureOfProgram(for:))
        if let share { try require(share.giveIfComplete(number), operation, cure: cureOfProgram(for:)) }
        return ring
    }

    private init(
        interface: CaptureInterface, socket: consuming Descriptor, memory: UnsafeMutableRawPointer, byteCount: Int,
        reader: consuming RingReader, blockTimeout: UInt32, gate: CaptureGate
    ) {
        self.gate = gate
        self.interface = interface
        self.socket = socket
        // SAFETY: the caller hands over a mapping, which nobody else unmaps.
        unsafe self.memory = memory
        self.byteCount = byteCount
        self.reader = reader
        self.blockTimeout = blockTimeout
    }

    deinit {
        gate.remove(number)
        // SAFETY: the memory was mapped by `open` and is unmapped here only; the reader that knows it goes with it.
        unsafe nfmon_packet_unmap_ring(memory, UInt64(byteCount))
    }

    /// Hands on the next block, if the kernel has given it, and gives it back.
    mutating func takeBlock(_ body: (RingBlock) -> Void) -> Bool { reader.takeBlock(body) }

    var blockCount: Int { reader.blockCount }

    /// How many packets were dropped since the last call, for want of room.
    func takeDrops() -> UInt64 { Self.takeDrops(of: number) }

    /// The same of a socket, from any thread.
    static func takeDrops(of socket: Int32) -> UInt64 {
        var counts: (UInt32, UInt32, UInt32) = (0, 0, 0)
        // SAFETY: three numbers are written, and three lie there one behind the other.
        let result = unsafe withUnsafeMutableBytes(of: &counts) { bytes in
            unsafe nfmon_packet_statistics(socket, bytes.assumingMemoryBound(to: UInt32.self).baseAddress)
        }
        return result == 0 ? UInt64(counts.1) : 0
    }

    /// Takes the pending error off the socket: ENETDOWN once the interface is down. While there is one, nobody can wait for the socket.
    func takeError() -> Int32 { nfmon_socket_error(number) }

    /// Whether nothing comes any more, as the interface has gone: one that has its number again, such as itself back from another
    /// namespace, is another one to the socket.
    var isCutOff: Bool { nfmon_packet_is_cut_off(number) == 1 }

    /// Lets nothing in any more, so that what is there can be read to its end.
    func admitNothing() { _ = socket.attach(BPFProgram(keeping: 0)) }

    /// Frames in the block that the kernel still fills.
    var heldCount: Int { reader.heldCount }

    /// Nanoseconds after which the kernel has surely handed over the block that it fills.
    var patience: UInt64 { UInt64(blockTimeout) * 3_000_000 }

    /// Waits until the kernel has handed over a block, for as long as it may keep one.
    func wait() {
        _ = takeError()
        var set = PollSet(reading: [number])
        _ = set.wait(timeout: Int32(blockTimeout))
    }

    private static func require(
        _ result: Int32, _ operation: String, cure: (Int32) -> String = Self.cure(for:)
    ) throws(IngestError) {
        guard result < 0 else { return }
        throw IngestError(operation, errno: -result, cure: cure(-result))
    }

    private static func cure(for number: Int32) -> String {
        switch number {
        case EPERM, EACCES: IngestError.capturePrivilegeCure
        case ENOMEM: "make the ring smaller with --packet-buffer"
        default: ""
        }
    }

    /// Why the kernel takes no program, where it may take others.
    private static func cureOfProgram(for number: Int32) -> String {
        switch number {
        case EINVAL: "the kernel cannot run this filter: a simpler one, such as one without protochain"
        case ENOMEM: "the filter is too long: make it shorter, or raise net.core.optmem_max"
        default: cure(for: number)
        }
    }

    private static func cureOfShare(for number: Int32) -> String {
        number == EINVAL ? "an interface that threads share must be up: ip link set dev NAME up" : cure(for: number)
    }

    /// Whether the kernel tells the segments of aggregates without dropping many: before Linux 6.2 it dropped those of UDP, as it still
    /// does the rare ones of SCTP, for want of a number for them (virtio_net_hdr_from_skb, virtio_net.h).
    private static let mayKnowSegments = KernelRelease.current.isAtLeast(6, 2)
}

extension Descriptor {
    /// Has the kernel ask a program what to keep of each message, instead of the one before.
    ///
    /// - Returns: 0, or a negative error number.
    func attach(_ program: BPFProgram) -> Int32 { program.attach(to: number) }
}

extension BPFProgram {
    /// Has the kernel ask it what to keep of each message on a socket.
    ///
    /// - Returns: 0, or a negative error number.
    func attach(to socket: Int32) -> Int32 {
        // SAFETY: an Instruction is laid out as struct sock_filter (2, 1, 1 and 4 bytes), and the kernel copies the program.
        unsafe instructions.withUnsafeBytes { bytes in
            unsafe nfmon_attach_filter(socket, bytes.baseAddress, UInt16(clamping: instructions.count))
        }
    }
}
