import FlowModel
import Wire

/// A frame of any link type, which the first byte chooses: what anybody on the network sends, or a savefile claims.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = ByteReader(UnsafeRawBufferPointer(start: start, count: count).bytes)
    guard let choice = input.uint8(at: 0) else { return 0 }
    let linkType = LinkType.allCases[Int(choice) % LinkType.allCases.count]
    let bytes = input.slice(from: 1)
    let facts = FrameFacts(time: Timestamp(nanoseconds: 0), originalLength: bytes.count, linkType: linkType)
    do throws(WireFault) {
        let header = try LinkHeader(Frame(bytes, facts))
        _ = try IPPacket(bytes.slice(from: header.length))
    } catch {}
    return 0
}
