public import FlowModel

/// Holds the lanes of every session against each other and says why they differ.
///
/// A reason is given with what shows it and for as many packets as that can account for, as often as needed; what is left is
/// ``DifferenceReason/unexplained``. Counters of rules and counts of losses are finite: all sessions together draw on them.
public struct Comparison {
    private(set) var facts: ComparisonFacts
    private(set) var names: NameBook
    var reserves: Reserves
    var search: RuleSearch
    /// What rules denied of sessions that nothing else told of.
    var attempts = DeniedAttempts()
    /// Whether conntrack knows of any session.
    private(set) var conntrackToldOfAny = true
    /// What becomes of what rules log as denied.
    var loggedDenials = LoggedDenials()
    private let limit: Int
    private(set) var summary = ComparisonSummary()
    private var differing: [ComparedSession] = []
    /// Sessions whose counters conntrack had higher at the first look than later.
    private(set) var resetCount: UInt64 = 0
    /// Between whom conntrack keeps an entry by addresses alone, of a protocol that has ports.
    var portlessPairs: Set<FlowKey> = []
    /// Between whom packets passed that the host answered with ICMP errors.
    var answeredPairs: Set<FlowKey> = []
    /// What the host dropped itself.
    var hostDrops = HostDrops()
    /// Sessions whose lanes differ; why, only what is known at the end can tell.
    private var open: [ComparedSession] = []

    /// Nanoseconds within which what two lanes tell may be of one moment: what is further apart is not.
    static let edge: Int64 = 1_000_000_000

    /// How long a packet may be on its way from one interface to another, in nanoseconds: the kernel forwards it in some microseconds.
    static let flight: Int64 = 500_000

    /// How long it may wait on the way, where it has to (NFQUEUE, a full queue of the device).
    static let queueing: Int64 = 100_000_000

    /// The kernel stamps a frame and conntrack's entry one after the other: nanoseconds.
    static let clockSlack: Int64 = 1_000_000

    /// - Parameters:
    ///   - facts: what is known at the beginning: the lanes that are read and the rules.
    ///   - limit: how many sessions that differ are kept at most; those whose lanes agree are only counted.
    public init(_ facts: ComparisonFacts, names: NameBook, limit: Int = .max) {
        self.facts = facts
        self.names = names
        self.limit = limit
        reserves = Reserves(facts, .question)
        search = RuleSearch(facts.rules)
    }

    /// Takes in one more session, whose lanes will tell no more.
    public mutating func add(_ compared: ComparedSession) {
        if Self.isNeverTracked(compared.session) {
            summary.neverTrackedCount += 1
            return
        }
        var compared = compared
        compared.noteInterfaces(facts.ownAddresses)
        let record = compared.session.record
        // Of one that ended without a last word the counters are a lower bound, too.
        if record.facts.contains(.lowerBound), !record.facts.contains(.ended) { resetCount += 1 }
        let directions = Self.directions(of: compared)
        guard !directions.allSatisfy(\.isEmpty) || !compared.session.denials.isEmpty else {
            summary.idleCount += 1
            return
        }
        if let agreeing = agreeing(compared, directions) {
            summary.add(agreeing, directions, facts)
        } else if open.count < limit {
            open.append(compared)
        } else {
            summary.addUnkept(compared, directions, facts)
        }
    }

    /// Explains what differs.
    ///
    /// - Parameters:
    ///   - facts: what is known at the end.
    ///   - names: of all sessions.
    public mutating func conclude(_ facts: ComparisonFacts, names: NameBook) -> ComparisonOutcome {
        (self.facts, self.names) = (facts, names)
        search = RuleSearch(facts.rules)
        noteErrors(of: open)
        if let rules = facts.rules, rules.isFinal { loggedDenials = LoggedDenials(rules, groups: facts.groups) }
        let logged = countLoggedDenials(of: open)
        reserves = Reserves(facts, .draft, butFor: logged)
        let sorted = sortOpen()
        conntrackToldOfAny = !sorted.known.isEmpty || summary.laneSets.keys.contains { $0.contains(.conntrack) }
        reserves = Reserves(facts, .final, after: draft(sorted, logged), butFor: logged)
        explainAll(sorted)
        summary.ruleUses = reserves.uses.filter { $0.packetCount > 0 }
        return ComparisonOutcome(sessions: ranked, summary: summary, facts: facts, names: names)
    }

    /// Explains what differs by what was known at the beginning.
    public mutating func conclude() -> ComparisonOutcome { conclude(facts, names: names) }

    private static func directions(of compared: ComparedSession) -> [DirectionCounts] {
        [DirectionCounts(compared, .original), DirectionCounts(compared, .reply)]
    }

    /// The session as it was found; `nil` where there is something to explain.
    private mutating func agreeing(_ compared: ComparedSession, _ directions: [DirectionCounts]) -> ComparedSession? {
        guard compared.session.denials.isEmpty else { return nil }
        let explained = explained(compared, directions)
        return explained.differences.isEmpty ? explained : nil
    }

    /// The session with what differs, as far as that is known by now.
    private mutating func explained(_ compared: ComparedSession, _ directions: [DirectionCounts]) -> ComparedSession {
        var compared = compared
        compared.differences = []
        var refusals = refusals(compared)
        for counts in directions where !counts.isEmpty { explain(counts, &compared, &refusals) }
        return compared
    }

    /// What may be explained: sessions that conntrack knows, and those that it does not.
    private struct Sorted {
        var known: [ComparedSession] = []
        var unknown: [ComparedSession] = []
    }

    /// What sessions draw on, whatever their order: what rules surely took and, where several may have taken some alike, what a trial shows
    /// of that.
    private mutating func draft(_ sorted: Sorted, _ logged: [Int: UInt64]) -> Reserves? {
        guard facts.rules?.isFinal == true else { return nil }
        for compared in sorted.known + sorted.unknown {
            let directions = Self.directions(of: compared)
            for counts in directions { notePrey(counts, compared.session) }
            _ = explained(compared, directions)
        }
        guard reserves.needsTrial else { return reserves }
        // Who else may have taken what a rule counted is known only when all have said what they surely took.
        reserves = Reserves(facts, .trial, after: reserves, butFor: logged)
        for compared in sorted.known + sorted.unknown { _ = explained(compared, Self.directions(of: compared)) }
        reserves.settleRivals(isWhole: !facts.hidesSessions && summary.unkeptCount == 0)
        return reserves
    }

    /// Denied attempts first, as packets of them may have been captured as sessions that nobody knows: what a log tells of these no counter has to.
    private mutating func sortOpen() -> Sorted {
        var sorted = Sorted()
        notePortless(open)
        for place in open.indices { open[place].hasUntoldEnd = hasUntoldEnd(open[place].session.record) }
        for compared in renewed(open) {
            if isOutside(compared) {
                summary.outsideCount += 1
            } else if isLater(compared) {
                summary.idleCount += 1
            } else if compared.session.record.facts.contains(.conntrack) {
                sorted.known.append(compared)
            } else if compared.session.taps.isEmpty, !compared.session.denials.isEmpty {
                addAttempt(compared)
            } else {
                sorted.unknown.append(compared)
            }
        }
        open = []
        if facts.lanes.contains(.packet) {
            for place in sorted.known.indices { lendDenials(to: &sorted.known[place]) }
            lendAttempts(to: &sorted.unknown)
        }
        return sorted
    }

    private mutating func explainAll(_ sorted: Sorted) {
        // What conntrack found invalid is likelier to be theirs than of those that are only left over.
        for mayBeInvalid in [true, false] {
            for compared in sorted.known where Self.mayBeInvalid(compared) == mayBeInvalid {
                compare(compared, Self.directions(of: compared))
            }
            for compared in sorted.unknown where Self.mayBeInvalid(compared) == mayBeInvalid {
                compare(compared, Self.directions(of: compared))
            }
        }
        compareAttempts()
    }

    /// Whether an entry that was there at the first look went without a word: the kernel tells no end of those that nobody listened to
    /// when they were made, unless `nf_conntrack_events` is 1 (nf_conntrack_ecache.c).
    private func hasUntoldEnd(_ record: SessionRecord) -> Bool {
        guard let start = facts.lastLookStart, facts.isWhole(.conntrack), record.facts.contains(.counters),
            record.facts.contains(.predatesListener)
        else { return false }
        return record.facts.contains(.ended) ? record.facts.contains(.lowerBound) : record.countersReadAt < start
    }

    /// Whether its protocol has states that packets may not fit, or packets passed of which conntrack kept nothing.
    private static func mayBeInvalid(_ compared: ComparedSession) -> Bool {
        if compared.session.record.original.transport.hasStates { return true }
        return directions(of: compared).contains { !($0.leaving?.counts.isEmpty ?? true) }
    }

    /// The sessions that nobody can explain first, then by the most telling of their reasons, and those that differ most.
    private var ranked: [ComparedSession] {
        let ranks = differing.map { session in
            (
                reason: session.mainReason == .unexplained ? -1 : session.mainReason.rank,
                size: session.differences.reduce(0) { $0 &+ $1.packetCount }
            )
        }
        let order = ranks.indices.sorted { left, right in
            if ranks[left].reason != ranks[right].reason { return ranks[left].reason < ranks[right].reason }
            return ranks[left].size == ranks[right].size ? left < right : ranks[left].size > ranks[right].size
        }
        return order.map { differing[$0] }
    }

    private mutating func compare(_ compared: ComparedSession, _ directions: [DirectionCounts]) {
        var compared = explained(compared, directions)
        // One that lacks in the log one way is a session that a rule logs, though none logs its other way.
        if compared.differences.contains(where: { $0.fewer == .nflog }) { compared.isUnlogged = false }
        if compared.entryCount > 1 {
            let sentence = "conntrack kept it as \(compared.entryCount) entries, one after the other"
            for place in compared.differences.indices { compared.differences[place].evidence.append(sentence) }
        }
        summary.add(compared, directions, facts)
        if !compared.differences.isEmpty { differing.append(compared) }
    }

    /// Compares what rules denied of sessions of which nothing else told.
    private mutating func compareAttempts() {
        for var compared in attempts.left {
            let counts = DirectionCounts(compared, .original)
            if facts.lanes.contains(.packet) { compared.differences = unseen(counts, compared) }
            if !compared.differences.isEmpty { differing.append(compared) }
            summary.add(compared, [counts], facts)
        }
    }

    private mutating func explain(
        _ counts: DirectionCounts, _ compared: inout ComparedSession, _ refusals: inout Refusals
    ) {
        let session = compared.session
        var found: [Difference] = []
        if facts.lanes.contains(.packet), !counts.isFiltered {
            if facts.lanes.contains(.conntrack) { explainPieces(counts, session, &found) }
            if !facts.lanes.contains(.conntrack) {
                explainPassage(counts, compared, &refusals, &found)
            } else if !session.record.facts.contains(.conntrack) {
                explainUnknown(counts, session, &refusals, &found)
            } else if counts.total == nil {
                explainUncounted(counts, session, &found)
                // What came in tells without conntrack what should have left.
                let left = counts.leaving?.counts.whole.packetCount ?? 0
                if left < counts.entering?.counts.whole.packetCount ?? 0 {
                    explainPassage(counts, compared, &refusals, &found)
                }
            } else if counts.tap == nil {
                explainUncaptured(counts, session, &found)
            } else {
                explainAge(counts, session, &found)
                var counts = counts
                settleEnd(&counts, session, &found)
                // What comes in by a loopback has been counted as it left.
                if !counts.isLoopback { explainEntering(counts, compared, &refusals, &found) }
                explainPassage(counts, compared, &refusals, &found)
            }
        }
        if facts.lanes.contains(.nflog) { explainLog(counts, &compared, &refusals, &found) }
        compared.differences += found
    }

    /// Neighbour discovery and group membership of IPv6: the kernel exempts them (`nf_conntrack_proto_icmpv6.c`, noct_valid_new).
    private static func isNeverTracked(_ session: Session) -> Bool {
        let key = session.record.original
        return key.transport == .icmpv6 && !session.record.facts.contains(.conntrack)
            && ((130...136).contains(key.icmpType) || key.icmpType == 143)
    }

    /// Whether it lies in a time of which one of the lanes tells nothing at all, as savefiles are of different periods.
    private func isOutside(_ compared: ComparedSession) -> Bool {
        let told = compared.lanes
        return facts.spans.contains { lane, span in
            guard lane != .nflog, !told.contains(lane) else { return false }
            let times = compared.times
            let isEarlier = times.last.map { span.lowerBound.nanoseconds(since: $0) > Self.edge } ?? false
            let isLater = times.first.map { $0.nanoseconds(since: span.upperBound) > Self.edge } ?? false
            return isEarlier || isLater
        }
    }

    /// Whether it began after the end, while conntrack's counters were still read.
    private func isLater(_ compared: ComparedSession) -> Bool {
        guard facts.late != nil, compared.session.taps.isEmpty, let start = compared.session.start else { return false }
        return start >= facts.end
    }

    // MARK: What explanations share

    func interface(_ index: InterfaceIndex) -> String {
        index == 0 ? "the capture" : String(decoding: names.interface(index), as: UTF8.self)
    }

    func name(_ rule: NameID) -> String { String(decoding: names.bytes(of: rule), as: UTF8.self) }

}

extension TransportProtocol {
    /// Whether conntrack keeps states of it that a sound packet may not fit, as an answer to nothing does not fit ICMP's.
    var hasStates: Bool { self == .tcp || self == .sctp || self == .dccp || isICMP }
}
