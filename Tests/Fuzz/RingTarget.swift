import FlowModel
import Wire

/// A block of a packet ring, as a kernel or a broken mock may have written it, read to the last byte of its frames.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = ByteReader(UnsafeRawBufferPointer(start: start, count: count).bytes)
    var block = RingBlock(input.slice(from: 1), knowsSegments: (input.uint8(at: 0) ?? 0) & 1 != 0)
    var sum: UInt8 = 0
    while let frame = block.next() {
        for offset in 0..<frame.bytes.count { sum &+= frame.bytes.uint8(at: offset) ?? 0 }
        _ = try? LinkHeader(frame)
    }
    precondition(block.lostCount <= count / RingLayout.frameHeaderSize, "more lost than there is room for")
    return CInt(sum & 0)
}
