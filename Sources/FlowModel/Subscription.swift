/// Which of conntrack's events a source takes, and how.
///
/// Under an overrun that lasts, a source gives up the events that matter least, so that the others arrive: `update` first, then
/// `new`; the end of a session is told by nobody else and stays.
public struct Subscription: OptionSet, Hashable, Sendable {
    public var rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable public static var new: Subscription { Subscription(rawValue: 1 << 0) }
    @inlinable public static var update: Subscription { Subscription(rawValue: 1 << 1) }
    @inlinable public static var destroy: Subscription { Subscription(rawValue: 1 << 2) }
    /// The kernel keeps each session's end until it was taken.
    @inlinable public static var reliable: Subscription { Subscription(rawValue: 1 << 3) }

    /// Every event.
    @inlinable public static var events: Subscription { [.new, .update, .destroy] }

    /// The words for the events in it, in the order of a session's life.
    public var keywords: [String] {
        [(Subscription.new, "new"), (.update, "update"), (.destroy, "destroy")].filter { contains($0.0) }.map { $0.1 }
    }
}
