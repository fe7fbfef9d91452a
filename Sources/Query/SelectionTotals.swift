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

    public init() {}

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
        } else if let logged = session.nflog {
            counters = counters + logged.counters.total
            inexactCount += 1
        } else {
            unknownCount += 1
        }
        if let start = session.start, start < earliestStart ?? start || earliestStart == nil { earliestStart = start }
    }
}
