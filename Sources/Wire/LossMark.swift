public import FlowModel

/// A loss written into a recording: an NLMSG_OVERRUN message with the lost messages' number as its body and the lane in its flags.
///
/// The kernel has reserved the type and never sends it; a reader that knows nothing of the body still reads "data lost".
public enum LossMark {
    /// Appends the message; without a body where the number is unknown.
    public static func append(count: UInt64?, lane: Lane, to messages: inout [UInt8]) {
        messages.appendNative(UInt32(NetlinkMessage.headerSize + (count == nil ? 0 : 8)))
        messages.appendNative(NetlinkMessage.ControlType.overrun.rawValue)
        messages.appendNative(UInt16(lane.rawValue))
        messages.appendNative(0 as UInt64)  // sequence and port
        if let count { messages.appendNative(count) }
    }

    /// The number in an NLMSG_OVERRUN message, `nil` where it has none.
    public static func count(in message: borrowing NetlinkMessage) -> UInt64? {
        message.body.native(UInt64.self, at: 0)
    }

    /// Whose loss an NLMSG_OVERRUN message is; conntrack's where it does not say.
    public static func lane(in message: borrowing NetlinkMessage) -> Lane {
        UInt8(exactly: message.flags).flatMap(Lane.init) ?? .conntrack
    }
}
