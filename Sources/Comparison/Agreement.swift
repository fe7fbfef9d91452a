internal import FlowModel

/// How far the counts of two lanes agree, once counting differently is accounted for.
public struct Agreement: Sendable, Equatable {
    /// What the lane that counts more has, and what both have.
    public var packetCount: UInt64 = 0
    public var agreedPacketCount: UInt64 = 0
    public var byteCount: UInt64 = 0
    public var agreedByteCount: UInt64 = 0

    public init() {}

    mutating func add(_ one: Counters, _ other: Counters) {
        packetCount &+= max(one.packetCount, other.packetCount)
        agreedPacketCount &+= min(one.packetCount, other.packetCount)
        byteCount &+= max(one.byteCount, other.byteCount)
        agreedByteCount &+= min(one.byteCount, other.byteCount)
    }

    /// In thousandths of a percent, rounded down; `nil` where nothing was counted.
    public var packetShare: UInt64? { Self.share(agreedPacketCount, packetCount) }
    public var byteShare: UInt64? { Self.share(agreedByteCount, byteCount) }

    private static func share(_ part: UInt64, _ whole: UInt64) -> UInt64? {
        guard whole > 0 else { return nil }
        return part == whole ? 100_000 : min(99_999, UInt64(Double(part) / Double(whole) * 100_000))
    }
}
