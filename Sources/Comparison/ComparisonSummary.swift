public import FlowModel

/// What a comparison came to, in numbers.
public struct ComparisonSummary: Sendable {
    /// Sessions with traffic while the lanes were read, and those of them whose lanes differ.
    public private(set) var sessionCount: UInt64 = 0
    public private(set) var differingCount: UInt64 = 0
    /// Sessions that only were there.
    public var idleCount: UInt64 = 0
    /// Sessions that conntrack never tracks: neighbour discovery.
    public var neverTrackedCount: UInt64 = 0
    /// Sessions of a time of which a lane tells nothing at all.
    public var outsideCount: UInt64 = 0
    /// Sessions that no rule logs, while rules log others.
    public private(set) var unloggedCount: UInt64 = 0
    /// Sessions that differ and were not kept, as there were too many.
    public private(set) var unkeptCount: UInt64 = 0
    /// Sessions by the lanes that told of them.
    public private(set) var laneSets: [[Lane]: UInt64] = [:]
    /// What each lane counted, as it counts: of conntrack since the capture began.
    public private(set) var totals: [Lane: Counters] = [:]
    /// Of conntrack and the capture, and of what rules logged and passed.
    public private(set) var capture = Agreement()
    public private(set) var log = Agreement()
    /// By reason: how many sessions have it, and how many packets and bytes are different by it.
    public private(set) var reasons: [DifferenceReason: ReasonTotal] = [:]
    /// Rules that account for differences.
    public var ruleUses: [RuleUse] = []

    init() {}

    mutating func add(_ compared: ComparedSession, _ directions: [DirectionCounts], _ facts: ComparisonFacts) {
        sessionCount &+= compared.entryCount
        if !compared.differences.isEmpty { differingCount &+= 1 }
        if compared.isUnlogged { unloggedCount &+= 1 }
        laneSets[compared.lanes, default: 0] &+= 1
        for reason in compared.reasons {
            reasons[reason, default: ReasonTotal()].add(compared.differences.filter { $0.reason == reason })
        }
        for counts in directions { add(counts, compared, facts) }
    }

    /// Packets that have a reason which is not certain.
    public var uncertainCount: UInt64 {
        reasons.reduce(0) { $1.key == .unexplained ? $0 : $0.adding($1.value.uncertainCount) }
    }

    /// Counts a session that differs and is not kept: how much, and not why.
    mutating func addUnkept(_ compared: ComparedSession, _ directions: [DirectionCounts], _ facts: ComparisonFacts) {
        unkeptCount &+= 1
        sessionCount &+= compared.entryCount
        differingCount &+= 1
        laneSets[compared.lanes, default: 0] &+= 1
        for counts in directions { add(counts, compared, facts) }
    }

    private mutating func add(_ counts: DirectionCounts, _ compared: ComparedSession, _ facts: ComparisonFacts) {
        func count(_ lane: Lane, _ counters: Counters) {
            totals[lane] = (totals[lane] ?? Counters()) + counters
        }
        if let tracked = counts.tracked { count(.conntrack, tracked) }
        count(.nflog, counts.logged)
        if let (tap, _) = counts.tap { count(.packet, tap.counts.seen) }
        let isKnown = compared.session.record.facts.contains(.conntrack)
        if facts.lanes.isSuperset(of: [.conntrack, .packet]), !counts.isFiltered, !(isKnown && counts.total == nil),
            !counts.isUntold
        {
            let tracked = counts.tracked ?? Counters()
            let taps = [counts.entering, counts.leaving].compactMap { $0 }
            // Where packets come in and leave by captured interfaces, both are held against conntrack.
            if taps.isEmpty { capture.add(tracked, Counters()) }
            for tap in taps {
                let whole = tap.counts.whole
                let isCounting = compared.differences.contains {
                    $0.reason == .aggregated && $0.direction == counts.direction
                        && ($0.more.lane == .packet || $0.fewer.lane == .packet)
                }
                if isCounting { capture.add(tracked, tracked) } else { capture.add(tracked, whole) }
            }
        }
        if facts.lanes.contains(.nflog), !compared.isUnlogged,
            let reference = counts.tracked ?? counts.tap?.counts.counts.whole
        {
            log.add(counts.logged, reference)
        }
    }
}
