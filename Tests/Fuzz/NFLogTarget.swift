import FlowModel
import Wire

/// The attributes of an NFLOG message, with the packet and the conntrack entry in them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = ByteReader(UnsafeRawBufferPointer(start: start, count: count).bytes)
    do throws(WireFault) {
        let message = try NFLogMessage(attributes: input)
        _ = RulePrefix(message.prefix)
        if message.conntrack.count > 0 { _ = try ConntrackMessage(attributes: message.conntrack) }
        _ = try IPPacket(message.payload)
    } catch {}
    return 0
}
