public import FlowModel

/// A session as each lane counts it, and how these counts differ.
public struct ComparedSession: Sendable {
    public var session: Session
    /// What conntrack had counted before the capture began; `nil` of a session that began later.
    public var baseline: DirectionalCounters?
    public var gaps = CaptureGaps()
    public var differences: [Difference] = []
    /// Rules log other sessions, and none means this one: that is no difference, but the rules' purpose.
    public var isUnlogged = false

    public init(_ session: Session, baseline: DirectionalCounters? = nil, gaps: CaptureGaps = []) {
        self.session = session
        self.gaps = gaps
        self.baseline = baseline
    }

    /// The lanes that tell of the session.
    public var lanes: [Lane] {
        Lane.allCases.filter { lane in
            switch lane {
            case .conntrack: session.record.facts.contains(.conntrack)
            case .nflog: session.nflog != nil || !session.denials.isEmpty
            case .packet: !session.taps.isEmpty
            }
        }
    }

    /// What a lane counts, as it counts; `nil` where it tells nothing, or has no counters.
    public func counters(of lane: Lane) -> DirectionalCounters? {
        switch lane {
        case .conntrack: session.conntrackCounters
        case .nflog: session.nflog?.counters
        case .packet: session.taps.first?.seen
        }
    }

    /// When a lane first and last saw the session, as far as it tells.
    public func times(of lane: Lane) -> (first: Timestamp?, last: Timestamp?) {
        switch lane {
        case .conntrack:
            guard session.record.facts.contains(.conntrack) else { return (nil, nil) }
            return (session.start, session.record.lastSeen)
        case .nflog:
            guard let last = session.nflog?.lastTime, last.nanoseconds != 0 else { return (nil, nil) }
            return (nil, last)
        case .packet:
            let all = [session.taps.first, session.taps.second].compactMap { $0 }
                .flatMap { [$0.original, $0.reply] }.filter { !$0.isEmpty }
            return (all.map(\.first).min(), all.map(\.last).max())
        }
    }

    /// The reasons of its differences, each once, in the order of ``DifferenceReason``.
    public var reasons: [DifferenceReason] {
        DifferenceReason.allCases.filter { reason in differences.contains { $0.reason == reason } }
    }
}
