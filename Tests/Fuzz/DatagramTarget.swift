import FlowModel
import Wire

/// A datagram from a netlink socket: framing, control messages, interfaces, netfilter's messages.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = ByteReader(UnsafeRawBufferPointer(start: start, count: count).bytes)
    var messages = NetlinkMessages(input)
    while true {
        do throws(WireFault) {
            guard let message = try messages.next() else { return 0 }
            try read(message)
        } catch {}
    }
}

private func read(_ message: borrowing NetlinkMessage) throws(WireFault) {
    switch message.control {
    case .error: _ = try NetlinkAnswer(error: message)
    case .done: _ = try NetlinkAnswer(done: message)
    case .overrun: _ = (LossMark.count(in: message), LossMark.lane(in: message))
    case .noOperation, nil: _ = try LinkMessage(message)
    }
    guard let netfilter = try NetfilterMessage(message) else { return }
    switch netfilter.subsystem {
    case .conntrack: _ = try ConntrackMessage(attributes: netfilter.attributes)
    case .log: _ = try NFLogMessage(attributes: netfilter.attributes)
    }
}
