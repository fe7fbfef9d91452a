public import FlowModel

/// A session as each lane counts it, and how these counts differ.
public struct ComparedSession: Sendable {
    public var session: Session
    /// What conntrack had counted before the capture began; `nil` of a session that began later.
    public var baseline: DirectionalCounters?
    /// When that was learned: what was captured before it may hold, too.
    public var baselineTime: Timestamp?
    /// How many of conntrack's entries it was, one after the other.
    public internal(set) var entryCount: UInt64 = 1
    /// Whether its entry, or one of them, went without a word of what it counted last.
    var hasUntoldEnd = false
    /// Whether rules denied packets of its tuple before they let it in.
    var wasDenied = false
    /// Whether what rules logged of it may be other sessions', with other ports.
    var sharesDenials = false
    public var gaps = CaptureGaps()
    /// The interfaces that passed it and that show no packet which another shows, too.
    var separateInterfaces: Set<InterfaceIndex> = []
    /// Those that passed it and have the host's addresses: rules name these, and not a bridge's ports.
    var ownInterfaces: Set<InterfaceIndex> = []
    public var differences: [Difference] = []
    /// Rules log other sessions, and none means this one: that is no difference, but the rules' purpose.
    public var isUnlogged = false

    public init(
        _ session: Session, baseline: DirectionalCounters? = nil, at baselineTime: Timestamp? = nil,
        gaps: CaptureGaps = []
    ) {
        self.session = session
        self.gaps = gaps
        self.baseline = baseline
        self.baselineTime = baselineTime
    }

    /// Learns which of its interfaces show packets of their own.
    mutating func noteInterfaces(_ addresses: LocalAddresses?) {
        guard session.taps.lanes.count > 1, let addresses else { return }
        let interfaces = Set(session.taps.lanes.map(\.tap.interface))
        separateInterfaces = addresses.separate(interfaces)
        ownInterfaces = interfaces.filter(addresses.isAlone)
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
        case .packet:
            // Each direction where it comes in, which may be by different interfaces.
            session.taps.isEmpty
                ? nil
                : DirectionalCounters(original: captured(.original), reply: captured(.reply))
        }
    }

    private func captured(_ direction: FlowDirection) -> Counters {
        DirectionCounts(self, direction).tap?.counts.counts.seen ?? Counters()
    }

    /// When a lane first and last saw the session, as far as it tells.
    public func times(of lane: Lane) -> (first: Timestamp?, last: Timestamp?) {
        switch lane {
        case .conntrack:
            guard session.record.facts.contains(.conntrack) else { return (nil, nil) }
            // Of one that goes on only the time of conntrack's last word is known, which is no packet's.
            return (session.start, session.record.facts.contains(.ended) ? session.record.lastSeen : nil)
        case .nflog:
            guard let last = session.nflog?.lastTime, last.nanoseconds != 0 else { return (nil, nil) }
            return (nil, last)
        case .packet:
            let all = session.taps.lanes
                .flatMap { [$0.original, $0.reply] }.filter { !$0.isEmpty }
            return (all.map(\.first).min(), all.map(\.last).max())
        }
    }

    /// When any lane first and last saw it.
    var times: (first: Timestamp?, last: Timestamp?) {
        let all = lanes.map(times)
        let last = session.record.facts.contains(.conntrack) ? [session.record.lastSeen] : []
        return (all.compactMap(\.first).min(), (all.compactMap(\.last) + last).max())
    }

    /// The reason that it is listed by: that nobody knows one, else the most telling.
    public var mainReason: DifferenceReason {
        let reasons = reasons
        return reasons.contains(.unexplained) ? .unexplained : reasons.first ?? .unexplained
    }

    /// The reasons of its differences, each once, in the order of ``DifferenceReason``.
    public var reasons: [DifferenceReason] {
        DifferenceReason.allCases.filter { reason in differences.contains { $0.reason == reason } }
    }
}
