/// A session's identity: the same after a second dump, and after a restart of nfmon.
///
/// For a tracked session it is made of the kernel's own id, which is constant for the entry's life, and the original tuple
/// with its zone. The kernel may give the id out again: a session is told apart for ever by its identity and start.
public struct SessionID: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt64

    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The identity of a session that conntrack knows.
    @inlinable
    public init(conntrackID: UInt32, original: FlowKey) {
        self.init(original, distinguishedBy: UInt64(conntrackID))
    }

    /// The identity of a session that only packets told of.
    @inlinable
    public init(firstSeen: Timestamp, original: FlowKey) {
        self.init(original, distinguishedBy: UInt64(bitPattern: firstSeen.nanoseconds) | 1 << 63)
    }

    /// The identity of attempts that a rule denied: another rule's at the same time have another.
    @inlinable
    public init(firstSeen: Timestamp, original: FlowKey, rule: NameID) {
        let id = SessionID(firstSeen: firstSeen, original: original)
        self.init(rawValue: Self.mix(id.rawValue, UInt64(rule.rawValue) ^ 0x8ebc_6af0_9c88_c6e3))
    }

    @inlinable
    init(_ key: FlowKey, distinguishedBy distinction: UInt64) {
        var mixed = Self.mix(distinction ^ 0x9e37_79b9_7f4a_7c15, key.source.high ^ 0xd6e8_feb8_6659_fd93)
        mixed = Self.mix(mixed ^ key.source.low, key.destination.high ^ 0xa076_1d64_78bd_642f)
        let ports = UInt64(key.sourcePort) << 48 | UInt64(key.destinationPort) << 32
        let rest = UInt64(key.zone) << 16 | UInt64(key.transport.rawValue) << 8 | UInt64(key.family.rawValue)
        mixed = Self.mix(mixed ^ key.destination.low, (ports | rest) ^ 0xe703_7ed1_a0b4_28db)
        rawValue = mixed
    }

    /// The two halves of a 128-bit product, folded: every bit of both numbers reaches every bit of the result.
    @inlinable
    static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
