/// How a rule changes the mark of a packet.
public struct MarkChange: Sendable, Hashable {
    public var value: UInt32
    /// The bits that are cleared before those of the value are turned over.
    public var mask: UInt32

    public init(_ value: UInt32, mask: UInt32 = .max) {
        self.value = value
        self.mask = mask
    }

    /// The mark behind the rule; `nil` where it depends on one before it that nobody knows.
    public func applied(to mark: UInt32?) -> UInt32? {
        mask == .max ? value : mark.map { ($0 & ~mask) ^ value }
    }
}
