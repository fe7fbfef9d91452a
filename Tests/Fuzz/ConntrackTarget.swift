import FlowModel
import Wire

/// The attributes of a conntrack message, or of NFULA_CT.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = ByteReader(UnsafeRawBufferPointer(start: start, count: count).bytes)
    do throws(WireFault) { _ = try ConntrackMessage(attributes: input) } catch {}
    return 0
}
