public import FlowModel

extension Session {
    /// When conntrack's counters of a session that goes on were read, in nanoseconds of the monotonic clock; `nil` where they
    /// were not, and of one that has ended, whose counters are its last.
    public var countersReadAt: UInt64? {
        let isRead = record.facts.contains(.counters) && !record.facts.contains(.ended) && record.countersReadAt > 0
        return isRead ? record.countersReadAt : nil
    }

    /// Nanoseconds since then.
    public func countersAge(at monotonicNow: UInt64) -> UInt64? {
        countersReadAt.map { monotonicNow > $0 ? monotonicNow - $0 : 0 }
    }

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
