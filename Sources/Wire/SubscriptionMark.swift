public import FlowModel

/// A change of what a source takes, written into a recording: an NLMSG_NOOP message with the ``Subscription`` as its body.
///
/// The kernel never sends the type; a reader that knows nothing of the body has nothing to do, as the type says.
public enum SubscriptionMark {
    /// Appends the message.
    public static func append(_ subscription: Subscription, to messages: inout [UInt8]) {
        messages.appendNative(UInt32(NetlinkMessage.headerSize + 4))
        messages.appendNative(NetlinkMessage.ControlType.noOperation.rawValue)
        messages.appendNative(0 as UInt16)
        messages.appendNative(0 as UInt64)  // sequence and port
        messages.appendNative(UInt32(subscription.rawValue))
    }

    /// The subscription in an NLMSG_NOOP message, `nil` where it has none.
    public static func subscription(in message: borrowing NetlinkMessage) -> Subscription? {
        message.body.native(UInt32.self, at: 0).map { Subscription(rawValue: UInt8(truncatingIfNeeded: $0)) }
    }
}
