public import FlowModel

/// What all considered sessions come to, shown or not.
public struct SelectionTotals: Hashable, Sendable {
    public var sessionCount = 0
    /// Packets and bytes of the sessions whose totals are known, both directions.
    public var counters = Counters()
    /// Sessions whose totals are unknown: they are not in ``counters``.
    public var unknownCount = 0
    /// Sessions whose totals are a lower bound or frozen.
    public var inexactCount = 0
    /// The earliest beginning that is known.
    public var earliestStart: Timestamp?
    /// When the oldest of the counters were read that go on, in nanoseconds of the monotonic clock.
    public var oldestReading: UInt64?

    private var bytesPerSecond: UInt64 = 0
    private var packetsPerSecond: UInt64 = 0
    /// Sessions whose rate is known.
    public private(set) var ratedCount = 0

    public init() {}

    /// Bytes and packets per second of the sessions whose rate is known; `nil` where there are none.
    public var rate: Counters? {
        ratedCount > 0 ? Counters(packetCount: packetsPerSecond, byteCount: bytesPerSecond) : nil
    }

    /// Whether ``rate`` is that of all the sessions.
    public var isRateWhole: Bool { ratedCount == sessionCount }

    /// Whether ``counters`` are exactly what all the sessions transferred.
    public var isExact: Bool { unknownCount == 0 && inexactCount == 0 }

    /// Whether the totals of any session are known.
    public var hasCounters: Bool { unknownCount < sessionCount }

    /// Counts one more session.
    @inline(__always)
    mutating func add(_ session: borrowing Session) {
        sessionCount += 1
        if session.record.facts.contains(.counters) {
            counters = counters + session.record.counters.total
            if !session.isExact { inexactCount += 1 }
            if let readAt = session.countersReadAt { oldestReading = min(oldestReading ?? readAt, readAt) }
        } else if !session.record.facts.isDisjoint(with: [.packet, .nflog]), let total = session.counters?.total {
            counters = counters + total
            if !session.isExact { inexactCount += 1 }
        } else {
            unknownCount += 1
        }
        if session.record.facts.contains(.rate),
            let bytes = session.bytesPerSecond, let packets = session.packetsPerSecond
        {
            bytesPerSecond = bytesPerSecond &+ bytes
            packetsPerSecond = packetsPerSecond &+ packets
            ratedCount += 1
        }
        if let start = session.start, start < earliestStart ?? start || earliestStart == nil { earliestStart = start }
    }

    /// Both together.
    static func + (left: SelectionTotals, right: SelectionTotals) -> SelectionTotals {
        var sum = left
        sum.sessionCount += right.sessionCount
        sum.counters = left.counters + right.counters
        sum.unknownCount += right.unknownCount
        sum.inexactCount += right.inexactCount
        sum.bytesPerSecond &+= right.bytesPerSecond
        sum.packetsPerSecond &+= right.packetsPerSecond
        sum.ratedCount += right.ratedCount
        if let start = right.earliestStart { sum.earliestStart = min(start, left.earliestStart ?? start) }
        if let readAt = right.oldestReading { sum.oldestReading = min(readAt, left.oldestReading ?? readAt) }
        return sum
    }
}
