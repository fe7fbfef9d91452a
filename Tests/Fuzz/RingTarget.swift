import FlowModel
import Wire

/// A block of a packet ring, as a kernel or a broken mock may have written it, read to the last byte of its frames.
///
/// The input is the block itself, or an order to the mock ring for packets and for places that were not filled, some of whose bytes are
/// changed behind it. What the mock wrote and nobody changed comes out as it went in.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = ByteReader(UnsafeRawBufferPointer(start: start, count: count).bytes)
    let first = input.uint8(at: 0) ?? 0
    let knowsSegments = first & 1 != 0
    var found: [Sight] = []
    guard first & 2 != 0 else {
        walk(input.slice(from: 1), knowsSegments, &found)
        return 0
    }
    var order = RingOrder(input.slice(from: 1), changes: first & 4 != 0, knowsSegments: knowsSegments)
    let expected = order.fill()
    for block in order.ring.blocks { walk(ByteReader(block.span.bytes), knowsSegments, &found) }
    precondition(order.isChanged || found == expected, "other frames than were written")
    return 0
}

/// What is looked at of a frame: its bytes are all alike where the mock wrote it.
private struct Sight: Equatable {
    var count: Int
    var first: UInt8?
    var last: UInt8?
}

/// Reads a block's frames, each from its first byte to its last.
private func walk(_ bytes: ByteReader, _ knowsSegments: Bool, _ found: inout [Sight]) {
    var block = RingBlock(bytes, knowsSegments: knowsSegments)
    while let frame = block.next() {
        let count = frame.bytes.count
        found.append(
            Sight(count: count, first: frame.bytes.uint8(at: 0), last: frame.bytes.uint8(at: count - 1)))
        _ = try? LinkHeader(frame)
    }
    precondition(block.lostCount <= bytes.count / RingLayout.frameHeaderSize, "more lost than there is room for")
}

/// What a mock ring is to hold, by the bytes of an input.
private struct RingOrder: ~Escapable {
    /// Packets and changes at most: a few blocks of them. More would cost the walks of plain blocks their time.
    private static let stepLimit = 16

    private var rest: ByteReader
    private let changes: Bool
    var ring: MockRing
    private(set) var isChanged = false

    @_lifetime(copy input)
    init(_ input: ByteReader, changes: Bool, knowsSegments: Bool) {
        rest = input
        self.changes = changes
        ring = MockRing(blockSize: 1024)
        ring.knowsSegments = knowsSegments
    }

    private mutating func next() -> UInt8? {
        guard let byte = rest.uint8(at: 0) else { return nil }
        rest = rest.slice(from: 1)
        return byte
    }

    /// Each step is a byte that says what it is, and one or two for it.
    ///
    /// - Returns: the packets that are to be found.
    mutating func fill() -> [Sight] {
        var packets: [Sight] = []
        for _ in 0..<Self.stepLimit {
            guard let kind = next(), let value = next() else { break }
            if changes, kind & 0x80 != 0 {
                change(at: Int(kind & 0x7f) << 3 | Int(value & 7), value)
                continue
            }
            var packet = RingPacket(bytes: [UInt8](repeating: value, count: Int(value)))
            if kind & 2 != 0 { packet.tag = (UInt16(value), 0x8100) }
            if kind & 4 != 0 { packet.segmentSize = UInt16(value) }
            if kind & 8 != 0 { (packet.linkLength, packet.hardware) = (0, 0xfffe) }
            if kind & 1 != 0 {
                ring.addHole(over: packet)
            } else {
                ring.add(packet)
                packets.append(Sight(count: packet.bytes.count, first: packet.bytes.first, last: packet.bytes.last))
            }
        }
        return packets
    }

    /// Overwrites a byte of the last block.
    private mutating func change(at offset: Int, _ value: UInt8) {
        guard ring.change(at: offset, to: value) else { return }
        isChanged = true
    }
}
