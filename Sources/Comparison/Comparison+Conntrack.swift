internal import FlowModel

// What a capture sees of a session that conntrack knows, against conntrack's counters.

extension Comparison {
    /// A session that is older than the capture: conntrack's total holds more.
    func explainAge(_ counts: DirectionCounts, _ session: Session, _ found: inout [Difference]) {
        guard counts.baseline.packetCount > 0, let (_, place) = counts.tap else { return }
        let before = counts.baseline.packetCount.counted("packet")
        var evidence = ["conntrack had counted \(before) when it was first asked"]
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
        _ counts: DirectionCounts, _ compared: ComparedSession, _ refusals: inout Refusals,
        _ found: inout [Difference]
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
            if compared.wasDenied, counts.direction == .original {
                accountForDenials(&short, compared.session, &refusals)
            }
            accountForUntracked(&short, counts, compared, tap, &refusals)
            found += short.found
            if found.isEmpty, entered.packetCount == tracked.packetCount {
                // The same packets, and conntrack has more bytes.
                found.append(
                    leftOut(counts, of: tracked, .conntrack, tap.counts, .captureIn)
                        ?? Difference(
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
        accountForLeftOut(&short, counts, session)
        accountForEnd(&short, counts, session, tap)
        short.account(.unexplained, ["conntrack counted more than came in by \(interface(tap.interface))"])
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
        accountForLate(&short, counts, session)
        if counts.baseline.packetCount == 0, isOlder(session) {
            short.account(
                .startedBefore, ["it is older than the capture, and what conntrack had counted then is not known"])
        }
        accountForOtherInterface(&short, counts.path.inInterface)
        accountForLeftOut(&short, counts, session)
        accountForOwnUnsent(&short, counts, session)
        if facts.isWhole(.packet), let captured = facts.interfaces {
            let names = captured.sorted().map(interface).joined(separator: ", ")
            let portless = portlessness(session)
            short.account(
                .otherInterface, isCertain: portless == nil,
                ["none of its packets passed \(names), of which the capture lost nothing"]
                    + [portless].compactMap(\.self))
        }
        short.account(.unexplained, ["no packet of it was captured"])
        found += short.found
    }

    /// A session that conntrack knows and has no counters of.
    mutating func explainUncounted(_ counts: DirectionCounts, _ session: Session, _ found: inout [Difference]) {
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
        if facts.accountingIsOn != false { accountForHiddenEnd(&short, session) }
        // The kernel gives an entry its counters as it is made, or never.
        let wasLookedAt = facts.lastLookStart != nil || session.record.facts.contains(.ended)
        if facts.isWhole(.conntrack), wasLookedAt {
            short.account(
                .accountingOff, isCertain: false,
                ["conntrack told of it and has no counters of it: accounting was off as it began"])
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

    /// Whether a lane lost anything while the session was there, which is noticed a moment later.
    func mayHaveLost(_ lane: Lane, of session: Session) -> Bool {
        // When something could not be read, or what nobody counted was lost, the span does not tell.
        guard let span = facts.lossSpans[lane], facts.malformedCounts[lane] == 0, facts.uncountedCounts[lane] == 0
        else { return true }
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
