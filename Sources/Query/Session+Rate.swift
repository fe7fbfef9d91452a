public import FlowModel

extension Session {
    /// Bytes per second between the last two readings of the counters, `nil` where there were not two.
    public var bytesPerSecond: UInt64? { rate(record.bytesPerSecond) }

    /// Packets per second between the last two readings of the counters.
    public var packetsPerSecond: UInt64? { rate(record.packetsPerSecond) }

    /// Two readings a nanosecond apart give a rate beyond 64 bits.
    private func rate(_ perSecond: Float) -> UInt64? {
        guard record.facts.contains(.rate), perSecond >= 0 else { return nil }
        return UInt64(exactly: perSecond.rounded()) ?? .max
    }
}
