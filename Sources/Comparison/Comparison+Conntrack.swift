internal import FlowModel

// What a capture sees of a session that conntrack knows, against conntrack's counters.

extension Comparison {
    /// A session that is older than the capture: conntrack's total holds more.
    func explainAge(_ counts: DirectionCounts, _ session: Session, _ found: inout [Difference]) {
        guard counts.baseline.packetCount > 0, let (_, place) = counts.tap else { return }
        var evidence = ["conntrack had counted \(counts.baseline.packetCount) packets when it was first asked"]
        if let start = session.start, start < facts.start {
            evidence.append("it began \(Self.seconds(from: start, to: facts.start)) before the capture")
        }
        found.append(
            Difference(
                .startedBefore, counts.direction, more: .conntrack, fewer: place,
                packetCount: counts.baseline.packetCount, byteCount: counts.baseline.byteCount, evidence: evidence))
    }

    /// What comes in, against conntrack.
    mutating func explainEntering(
        _ counts: DirectionCounts, _ compared: ComparedSession, _ found: inout [Difference]
    ) {
        guard let tap = counts.entering, let tracked = counts.tracked else { return }
        let entered = tap.counts.whole
        if entered == tracked { return }
        if entered.packetCount < tracked.packetCount {
            var short = Shortfall(counts.direction, .conntrack, .captureIn, tracked.since(entered))
            accountForUncaptured(&short, counts, compared, tap)
            found += short.found
        } else {
            var short = Shortfall(counts.direction, .captureIn, .conntrack, entered.since(tracked))
            accountForUntracked(&short, counts, compared, tap)
            found += short.found
            if found.isEmpty, entered.packetCount == tracked.packetCount {
                // The same packets, and conntrack has more bytes.
                found.append(
                    Difference(
                        .unexplained, counts.direction, more: .conntrack, fewer: .captureIn,
                        byteCount: tracked.since(entered).byteCount,
                        evidence: ["as many packets have other lengths"]))
            }
        }
    }

    /// Conntrack counted packets that the capture did not.
    private mutating func accountForUncaptured(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ compared: ComparedSession,
        _ tap: DirectionCounts.TapCounts
    ) {
        let session = compared.session
        accountForLoss(&short, of: .packet, session)
        if compared.baseline == nil, isOlder(session) {
            short.account(
                .startedBefore, ["it is older than the capture, and what conntrack had counted then is not known"])
        }
        accountForOtherInterface(&short, counts.path.inInterface)
        accountForEnd(&short, session, tap)
        short.account(.unexplained, ["conntrack counted more than came in by \(interface(tap.interface))"])
    }

    /// The capture saw packets that conntrack did not count.
    mutating func accountForUntracked(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ compared: ComparedSession,
        _ tap: DirectionCounts.TapCounts
    ) {
        let session = compared.session
        if counts.isUntold {
            short.account(
                .eventsOff, isCertain: false,
                [
                    "its entry ended without a word: conntrack tells no ends of entries that are older than who listens, unless net.netfilter.nf_conntrack_events is 1"
                ])
        }
        if session.record.facts.contains(.offloaded)
            || !session.record.status.isDisjoint(with: [.offload, .hardwareOffload])
        {
            short.account(.offloaded, ["conntrack's entry is marked as offloaded"] + flowtableEvidence)
        }
        // Of a session's first packets conntrack counts those only that got out: nothing else keeps its entry.
        let mayBeFirst = !isOlder(session)
        accountForRules(&short, views(of: counts, session)) {
            $0.isBeforeConntrack || mayBeFirst ? Self.reason($0) : nil
        }
        accountForInvalid(&short, counts, session)
        if session.record.facts.contains(.lowerBound), !facts.isWhole(.conntrack) {
            short.account(
                .lostBySource, isCertain: false,
                ["conntrack's last word on it is not known, and \(facts.losses(of: .conntrack))"])
        }
        if session.record.facts.contains(.lowerBound), facts.isWhole(.conntrack) {
            short.account(
                .accountingOff, isCertain: false,
                ["conntrack's counters became smaller: somebody set them back (conntrack -L -z)"])
        }
        if let firstLook = facts.firstLook, isOlder(session) || session.record.facts.contains(.predatesListener) {
            // What was captured before the look is in what conntrack had counted then, which is taken off.
            let both =
                count(facts.early, session, short)
                ?? Pace(tap.counts).most(in: firstLook.nanoseconds(since: tap.counts.first))
            // Those left: what did not leave has another reason.
            let left = short.rest.packetCount.lacking(stopped(counts).lacking(accounted(short)))
            short.account(
                .startedBefore, for: min(both, left, compared.baseline == nil ? both : counts.baseline.packetCount),
                isCertain: false,
                [
                    "it was under way when conntrack was first asked, \(Self.seconds(from: facts.start, to: firstLook)) after the capture began: what was captured by then conntrack had counted before"
                ])
        }
        if short.more == .captureIn, tap.counts.fragmentCount > 0,
            short.rest.packetCount <= UInt64(tap.counts.fragmentCount)
        {
            short.account(.fragments, ["datagrams that did not become whole"])
        }
        accountForIgnored(&short, counts, session)
        accountForReset(&short, counts)
        if !session.record.facts.contains(.ended), session.record.facts.contains(.countersAreOld) {
            short.account(.endedAfter, ["it goes on, and conntrack's counters were read before its last packets"])
        }
        accountForSkew(&short, counts, session)
        short.account(.unexplained, noRule("before conntrack") + (passed(counts) ? [Self.lookedAway] : []))
    }

    /// Packets that came in and did not leave, where the capture saw both.
    private func stopped(_ counts: DirectionCounts) -> UInt64 {
        guard let entered = counts.entering?.counts, let left = counts.leaving?.counts, !left.isEmpty,
            facts.isWhole(.packet)
        else { return 0 }
        return entered.whole.packetCount.lacking(left.whole.packetCount)
    }

    private func accounted(_ short: Shortfall) -> UInt64 {
        short.found.reduce(0) { $0.adding($1.packetCount) }
    }

    private static var lookedAway: String {
        "all of them passed: conntrack looked away for a while, or somebody set its counters back (conntrack -L -z)"
    }

    private func hasPassed(_ counts: DirectionCounts) -> Bool {
        guard let left = counts.leaving?.counts, !left.isEmpty else { return false }
        return counts.entering.map { $0.counts.whole.packetCount <= left.whole.packetCount } ?? true
    }

    /// Whether all that came in left.
    private func passed(_ counts: DirectionCounts) -> Bool {
        counts.entering?.counts.whole == counts.leaving?.counts.whole
    }

    /// Counters that somebody set back are seen only of sessions that were there at the first look: who does it, mostly does it to all.
    private func accountForReset(_ short: inout Shortfall, _ counts: DirectionCounts) {
        guard resetCount > 0, facts.isWhole(.conntrack), passed(counts) else { return }
        short.account(
            .accountingOff, isCertain: false,
            [
                "all of them passed, and conntrack's counters of \(resetCount) \(resetCount == 1 ? "session" : "sessions") became smaller meanwhile: somebody set them back (conntrack -L -z)"
            ] + short.suspicions)
    }

    /// A session of which the capture saw nothing in this direction.
    mutating func explainUncaptured(
        _ counts: DirectionCounts, _ session: Session, _ found: inout [Difference]
    ) {
        guard let tracked = counts.tracked, tracked.packetCount > 0 else { return }
        var short = Shortfall(counts.direction, .conntrack, .captureIn, tracked)
        accountForLoss(&short, of: .packet, session)
        if let start = session.start, start >= facts.end {
            short.account(.endedAfter, ["it began when the capture had ended"])
        }
        accountForLate(&short, session)
        if counts.baseline.packetCount == 0, isOlder(session) {
            short.account(
                .startedBefore, ["it is older than the capture, and what conntrack had counted then is not known"])
        }
        accountForOtherInterface(&short, counts.path.inInterface)
        accountForOwnUnsent(&short, counts, session)
        if facts.isWhole(.packet), let captured = facts.interfaces {
            let names = captured.sorted().map(interface).joined(separator: ", ")
            short.account(
                .otherInterface,
                ["none of its packets passed \(names), of which the capture lost nothing"])
        }
        short.account(.unexplained, ["no packet of it was captured"])
        found += short.found
    }

    /// A session that conntrack knows and has no counters of.
    func explainUncounted(_ counts: DirectionCounts, _ session: Session, _ found: inout [Difference]) {
        let (whole, place) = counts.tap.map { ($0.counts.counts.whole, $0.place) } ?? (counts.logged, .nflog)
        guard whole.packetCount > 0 else { return }
        var short = Shortfall(counts.direction, place, .conntrack, whole)
        switch facts.accountingIsOn {
        case false:
            short.account(.accountingOff, ["net.netfilter.nf_conntrack_acct is 0, so conntrack has no counters"])
        case true where isOlder(session) || session.record.facts.contains(.predatesListener):
            short.account(
                .accountingOff, ["conntrack has no counters of it: it began before accounting was switched on"])
        default: break
        }
        // Of a recording nobody looks at the table when it ends.
        if facts.accountingIsOn == nil, !session.record.facts.contains(.ended) {
            short.account(
                .endedAfter, ["conntrack tells a session's counters at its end, and the recording ended before"])
        }
        if !facts.isWhole(.conntrack) {
            short.account(
                .lostBySource, isCertain: false, ["\(facts.losses(of: .conntrack)), and no other told its counters"])
        }
        short.account(.unexplained, ["no message of conntrack's told its counters"])
        found += short.found
    }

    // MARK: Parts

    /// Whether it began before the capture; one of unknown age that was there at the first look counts as older.
    func isOlder(_ session: Session) -> Bool {
        session.start.map { facts.start.nanoseconds(since: $0) > Self.clockSlack }
            ?? session.record.facts.contains(.predatesListener)
    }

    /// What a lane lost may be of any session of that time.
    mutating func accountForLoss(_ short: inout Shortfall, of lane: Lane, _ session: Session) {
        guard mayHaveLost(lane, of: session) else { return }
        let taken = reserves.takeLoss(of: lane, upTo: short.rest.packetCount)
        short.account(.lostBySource, for: taken, isCertain: false, [facts.losses(of: lane)])
    }

    /// Segments that conntrack looks at and does not count: a SYN that comes again, or its answer (`TCP_CONNTRACK_IGNORE`).
    private func accountForIgnored(_ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session) {
        let rest = short.rest
        // TCP's header with all its options at most.
        let lengths: ClosedRange<UInt64> = session.record.original.family == .ipv4 ? 40...80 : 60...100
        guard session.record.original.transport == .tcp, (1...Self.mostRepeated).contains(rest.packetCount),
            rest.byteCount % rest.packetCount == 0, lengths.contains(rest.byteCount / rest.packetCount),
            let entering = counts.entering,
            counts.leaving?.counts.whole ?? entering.counts.whole == entering.counts.whole
        else { return }
        short.account(
            .ignored, isCertain: false,
            [
                "\(rest.packetCount) segments of \(rest.byteCount / rest.packetCount) bytes passed: conntrack does not count a SYN that comes again, nor what it cannot place in the connection"
            ])
    }

    /// How often the kernel repeats a SYN, and its answer, before it gives up (tcp_syn_retries, tcp_synack_retries).
    private static var mostRepeated: UInt64 { 12 }

    /// Packets that conntrack saw and could not count to a session.
    mutating func accountForInvalid(_ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session) {
        guard let failures = facts.failures, !short.isAccountedFor else { return }
        var parts: [String] = []
        // Invalid packets pass, unless a rule takes them; and of protocols without states only broken ones are.
        let mayBeInvalid = session.record.original.transport.hasStates || hasPassed(counts)
        if failures.invalid > 0, mayBeInvalid { parts.append("found \(failures.invalid) packets invalid") }
        if failures.drops > 0 { parts.append("dropped \(failures.drops) for want of room") }
        if failures.failedInserts > 0 { parts.append("could not enter \(failures.failedInserts) sessions") }
        if failures.earlyDrops > 0 { parts.append("gave up \(failures.earlyDrops) sessions to make room") }
        let failed = failures.drops.adding(failures.failedInserts).adding(failures.earlyDrops)
        let taken = reserves.takeInvalid(upTo: min(short.rest.packetCount, mayBeInvalid ? .max : failed))
        short.account(
            .invalid, for: taken, isCertain: false,
            ["conntrack \(parts.joined(separator: ", ")) meanwhile: these may be among them"])
    }

    /// Whether a lane lost anything while the session was there, which is noticed a moment later.
    func mayHaveLost(_ lane: Lane, of session: Session) -> Bool {
        guard let span = facts.lossSpans[lane] else { return true }
        let beganLater = session.start.map { $0.nanoseconds(since: span.to) > 0 } ?? false
        let hadEnded =
            session.record.facts.contains(.ended)
            && span.from.nanoseconds(since: session.record.lastSeen) > 2 * Self.edge
        return !beganLater && !hadEnded
    }

    func accountForOtherInterface(_ short: inout Shortfall, _ index: InterfaceIndex) {
        // An interface that was made anew has another number, and is captured again.
        guard index != 0, let captured = facts.interfaces, !captured.contains(index),
            !captured.contains(where: { interface($0) == interface(index) })
        else { return }
        short.account(.otherInterface, ["logged packets passed \(interface(index)), which is not captured"])
    }

    var flowtableEvidence: [String] {
        facts.flowtables.filter { !$0.counts }.map {
            "flowtable \($0.family) \($0.table) \($0.name) does not count for conntrack"
        }
    }

    /// The same bytes in more packets.
    func difference(
        _ aggregation: Aggregation, _ direction: FlowDirection, _ more: CountedPlace, _ moreCounters: Counters,
        _ fewer: CountedPlace, _ fewerCounters: Counters
    ) -> Difference {
        let surplus = moreCounters.since(fewerCounters)
        return Difference(
            .aggregated, direction, more: more, fewer: fewer, packetCount: surplus.packetCount,
            byteCount: surplus.byteCount, evidence: [aggregation.evidence], isCertain: aggregation.isCertain)
    }

    static func seconds(from: Timestamp, to: Timestamp) -> String {
        let milliseconds = max(0, to.nanoseconds(since: from)) / 1_000_000
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)s"
    }
}
