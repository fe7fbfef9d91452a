public import FlowModel

/// How sure a session's totals are.
public enum Exactness: UInt8, CaseIterable, Sendable {
    /// Conntrack's own totals, or those of a capture that missed nothing.
    case exact
    /// At least so much: only the logged packets were counted, a capture missed some, somebody zeroed the counters meanwhile, or the session ended
    /// without a last word.
    case lowerBound
    /// At least so much: the session is offloaded to a flowtable, and its counters may stand still.
    case frozen
    /// There are no totals.
    case unknown

    /// The word that outputs use.
    public var keyword: String {
        switch self {
        case .exact: "exact"
        case .lowerBound: "lower-bound"
        case .frozen: "frozen"
        case .unknown: "unknown"
        }
    }
}

extension Session {
    /// How sure ``counters`` are.
    public var exactness: Exactness {
        guard counters != nil else { return .unknown }
        if isExact { return .exact }
        return record.facts.contains(.counters) && record.facts.contains(.offloaded) ? .frozen : .lowerBound
    }

    /// How sure the figures of the packets are that rules logged: nobody knows what no rule logged, but of those that one did
    /// none is missing, or some may be. `nil` where none was logged.
    public var nflogExactness: Exactness? { nflog.map { $0.isLowerBound ? .lowerBound : .exact } }

    /// The zone of the first direction; `nil` where only packets told of the session, as they do not say it.
    public var zone: UInt16? { record.facts.contains(.conntrack) ? record.original.zone : nil }

    /// The connection mark, `nil` where no message carried it.
    public var mark: UInt32? { record.facts.contains(.mark) ? record.mark : nil }
}
