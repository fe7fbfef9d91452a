import FlowModel
import Wire

/// An IP packet, which anybody on the network writes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = ByteReader(UnsafeRawBufferPointer(start: start, count: count).bytes)
    do throws(WireFault) { _ = try IPPacket(input).key.inverse } catch {}
    return 0
}
