/// A packet as a packet socket shows it.
struct RingPacket: Sendable {
    var bytes: [UInt8]
    /// Bytes of the link layer in front, which the kernel tells by two offsets.
    var linkLength = 14
    /// `ARPHRD_ETHER`.
    var hardware: UInt16 = 1
    var seconds: UInt32 = 1_700_000_000
    var nanoseconds: UInt32 = 0
    var interface: UInt32 = 2
    /// What the kernel takes it for.
    var etherType: UInt16 = 0x0800
    /// `PACKET_HOST` (0), `PACKET_OTHERHOST` (3), `PACKET_OUTGOING` (4).
    var kind: UInt8 = 0
    /// A tag that the kernel took out: its control information and its type.
    var tag: (control: UInt16, type: UInt16)?
    /// Bytes of payload in each segment of an aggregate.
    var segmentSize: UInt16 = 0
    var isTCPAggregate = false
    /// Bytes of the whole packet, of which ``bytes`` are what is kept; `nil` where that is all.
    var length: Int?
}

/// A packet ring in plain memory, laid out as the kernel lays it out (packet_mmap, af_packet.c): the same reader reads it without a
/// socket and without a privilege.
struct MockRing {
    let blockSize: Int
    /// Whether a `struct virtio_net_hdr` stands in front of each packet.
    var knowsSegments = true
    private(set) var blocks: [[UInt8]] = []
    /// Where the last packet of the last block begins, and where the next would.
    private var last = 0
    private var next = 0
    private var count: UInt32 = 0

    init(blockSize: Int = 4096) { self.blockSize = blockSize }

    /// All blocks one behind the other.
    var memory: [UInt8] { blocks.flatMap(\.self) }

    /// Puts a packet into the last block, or into a new one where it does not fit.
    mutating func add(_ packet: RingPacket) {
        // TPACKET_ALIGN of both headers and of the link layer, for which 16 bytes are kept at least.
        let network = ((68 + max(16, packet.linkLength) + 15) & ~15) + (knowsSegments ? 10 : 0)
        let link = network - packet.linkLength
        let size = (link + packet.bytes.count + 7) & ~7
        if blocks.isEmpty || next + size > blockSize { begin() }
        let block = blocks.count - 1
        if count > 0 { put(UInt32(next - last), at: last) }
        last = next
        next += size
        count += 1
        put(count, at: 12)
        put(UInt32(next), at: 20)
        put(packet.seconds, at: last + 4)
        put(packet.nanoseconds, at: last + 8)
        put(UInt32(packet.bytes.count), at: last + 12)
        put(UInt32(packet.length ?? packet.bytes.count), at: last + 16)
        put(UInt32(1 | (packet.tag == nil ? 0 : 0x50) | (packet.isTCPAggregate ? 0x100 : 0)), at: last + 20)
        put(UInt16(link), at: last + 24)
        put(UInt16(network), at: last + 26)
        if let tag = packet.tag {
            put(UInt32(tag.control), at: last + 32)
            put(tag.type, at: last + 36)
        }
        put(17 as UInt16, at: last + 48)
        put(packet.etherType.bigEndian, at: last + 50)
        put(packet.interface, at: last + 52)
        put(packet.hardware, at: last + 56)
        put(packet.kind, at: last + 58)
        if knowsSegments, packet.segmentSize > 0 {
            put(1 as UInt8, at: last + link - 10 + 1)
            put(packet.segmentSize, at: last + link - 10 + 4)
        }
        blocks[block].overwrite(at: last + link, with: packet.bytes)
    }

    /// A place that the kernel kept for a frame and did not fill: what lies there is `rest`.
    mutating func addHole(over rest: RingPacket) {
        add(rest)
        put(0 as UInt32, at: last + 20)
    }

    /// Overwrites a byte of the last block, as a broken kernel might.
    ///
    /// - Returns: whether there is a block.
    mutating func change(at offset: Int, to value: UInt8) -> Bool {
        guard !blocks.isEmpty, offset < blockSize else { return false }
        blocks[blocks.count - 1].overwrite(at: offset, with: [value])
        return true
    }

    private mutating func begin() {
        blocks.append([UInt8](repeating: 0, count: blockSize))
        (next, count) = (48, 0)
        put(1 as UInt32, at: 0)
        put(1 as UInt32, at: 8)
        put(48 as UInt32, at: 16)
    }

    private mutating func put(_ number: some FixedWidthInteger, at offset: Int) {
        // A byte at a time, as a fuzzer waits for it.
        for place in 0..<number.bitWidth / 8 {
            blocks[blocks.count - 1][offset + place] = UInt8(truncatingIfNeeded: number.littleEndian >> (place * 8))
        }
    }
}
