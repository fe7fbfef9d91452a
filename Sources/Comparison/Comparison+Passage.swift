internal import FlowModel

// From where packets come in, over conntrack, to where they leave.

extension Comparison {
    /// What leaves, against what came in and conntrack counted.
    mutating func explainPassage(
        _ counts: DirectionCounts, _ compared: ComparedSession, _ refusals: inout Refusals,
        _ found: inout [Difference]
    ) {
        guard let leaving = counts.leaving else {
            return explainVanished(counts, compared.session, &refusals, &found)
        }
        let left = leaving.counts.whole
        guard let (base, place) = base(of: counts), base != left else { return }
        // All that came in left: what conntrack has less of it has been told.
        if !counts.isLoopback, counts.entering?.counts.whole == left, left.packetCount > base.packetCount { return }
        let segments = leaving.counts
        // What came in, where conntrack counted just that.
        let entering = counts.entering.flatMap { $0.counts.whole == base ? $0.counts : nil }
        if let same = entering.flatMap({ Aggregation(more: segments, fewer: $0) })
            ?? Aggregation(segments: segments, counted: base)
        {
            found.append(difference(same, counts.direction, .captureOut, left, place, base))
        } else if let same = entering.flatMap({ Aggregation(more: $0, fewer: segments) }) {
            found.append(difference(same, counts.direction, place, base, .captureOut, left))
        } else if left.packetCount < base.packetCount {
            // Bytes of pieces that the filter leaves out are in conntrack's sum, whether or not they left.
            var short = Shortfall(
                counts.direction, place, .captureOut, base.since(left),
                isShare: counts.lacksFragments && segments.fragmentCount > 0)
            accountForStopped(&short, counts, compared.session, leaving, from: place, &refusals)
            found += short.found
        } else if left.packetCount > base.packetCount {
            // What came in and passed conntrack by has been told where it came in.
            let passed = counts.isLoopback ? nil : counts.entering?.counts.whole
            let isTold = (passed?.packetCount ?? 0) > base.packetCount
            let ceiling = isTold ? passed ?? base : base
            guard left.packetCount > ceiling.packetCount else { return }
            var short = Shortfall(
                counts.direction, .captureOut, isTold ? .captureIn : place, left.since(ceiling))
            accountForOwnAnswers(&short, &refusals)
            accountForUntracked(&short, counts, compared, leaving, &refusals)
            found += short.found
        } else {
            let hasMore = left.byteCount > base.byteCount
            found.append(
                leftOut(counts, of: base, place, segments, .captureOut)
                    ?? Difference(
                        .unexplained, counts.direction, more: hasMore ? .captureOut : place,
                        fewer: hasMore ? place : .captureOut,
                        byteCount: left.since(base).byteCount + base.since(left).byteCount,
                        evidence: ["as many packets have other lengths"]))
        }
    }

    /// What may leave at most: what conntrack counted, and no more than came in, where the capture saw all of that.
    private func base(of counts: DirectionCounts) -> (Counters, CountedPlace)? {
        let entered = counts.entering?.counts.whole
        guard let tracked = counts.tracked, !counts.isUntold else { return entered.map { ($0, .captureIn) } }
        guard let entered, entered.packetCount < tracked.packetCount, facts.isWhole(.packet) else {
            return (tracked, .conntrack)
        }
        return (entered, .captureIn)
    }

    /// Packets that did not leave.
    private mutating func accountForStopped(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session,
        _ leaving: DirectionCounts.TapCounts, from place: CountedPlace, _ refusals: inout Refusals
    ) {
        let isProof = denialsAreProof(counts, session, refusals)
        if isProof { accountForDenials(&short, session, &refusals) }
        let before = reserves.rejectedCount
        let views = views(of: counts, session)
        let isCounted = counts.tracked != nil && !counts.isUntold
        let isTracked = isCounted || counts.total == nil && session.record.facts.contains(.conntrack)
        // Where conntrack counted more than came in, some of that was outside the capture's time, and what came in may not have reached it.
        let isAllCounted = isCounted && place == .conntrack
        let answered = accountForAnswered(
            &short, counts, session, views, besides: refusals.rejectedCount(counts.direction))
        accountForRules(&short, isAllCounted ? views.counted : views, untracks: !isTracked) {
            guard $0.isBeforeConntrack else { return .droppedAfterConntrack }
            return isTracked && !isAllCounted ? .droppedBeforeConntrack : nil
        }
        refusals.noteRejected(reserves.rejectedCount - before, counts.direction)
        if !isProof, !mayPassWhatIsLogged(session) {
            accountForDenials(&short, session, &refusals, isCertain: false)
        }
        accountForLoss(&short, of: .packet, session)
        accountForOtherInterface(&short, counts.path.outInterface)
        if counts.entering == nil {
            accountForEnd(&short, counts, session, leaving)
            if leaving.counts.isEmpty { accountForOwnUnsent(&short, counts, session) }
            if leaving.counts.whole.packetCount == 0, facts.isWhole(.packet) {
                short.account(
                    .otherInterface,
                    [
                        "none of its packets this way passed \(interface(leaving.interface)), of which the capture lost nothing"
                    ])
            }
            short.account(.unexplained, noRule("behind conntrack"))
        } else if let entered = counts.entering?.counts.whole {
            accountForErrors(
                &short, counts, session, views, besides: refusals.rejectedCount(counts.direction), told: answered)
            accountForSkew(&short, counts, session)
            if isAllCounted, !facts.isWhole(.packet) { accountForEnd(&short, counts, session, leaving) }
            if let way = uncapturedWay(of: counts, session) {
                short.account(
                    .otherInterface, isCertain: false,
                    ["its way leads by \(interface(way)) now, which is not captured"])
            }
            if let refusal = refusedWay(of: counts, session) {
                short.account(.droppedAfterConntrack, isCertain: false, [refusal])
            }
            accountForHostDrops(&short, views) {
                $0 != .arrival || !isTracked ? .droppedAfterConntrack : isAllCounted ? nil : .droppedBeforeConntrack
            }
            let silence = silence(onWayOf: counts, session)
            if silence.isEmpty { accountForDenials(&short, session, &refusals, isCertain: false) }
            let missing = entered.since(leaving.counts.whole).packetCount
            let stopped = facts.isWhole(.packet) ? min(missing, short.rest.packetCount) : 0
            short.account(
                .droppedAfterConntrack, for: stopped, isCertain: false,
                [
                    "\(stopped.counted("packet")) that came in\(isAllCounted ? ", and that conntrack counted," : "") did not leave by \(interface(leaving.interface)), nor by another interface that is captured"
                ] + wasDown(interface(leaving.interface)) + silence + (silence.isEmpty ? [] : logged(session))
                    + noRule("behind conntrack") + short.suspicions)
            short.account(.unexplained, ["the captures saw less than conntrack counted"] + noRule("behind conntrack"))
        }
    }

    /// Packets that came in, and no interface that is captured shows that they left: what is for the host itself does not; else a rule
    /// that surely means them tells, or the route by which they should have left.
    private mutating func explainVanished(
        _ counts: DirectionCounts, _ session: Session, _ refusals: inout Refusals, _ found: inout [Difference]
    ) {
        guard let (base, place) = base(of: counts) else { return }
        var short = Shortfall(counts.direction, place, .captureOut, base)
        if !refusals.mayBeOthers, !mayPassWhatIsLogged(session) {
            accountForDenials(&short, session, &refusals)
        }
        if isOlder(session) {
            accountForRules(&short, views(of: counts, session), ifSure: true, untracks: false) {
                $0.isBeforeConntrack ? nil : .droppedAfterConntrack
            }
        }
        accountForUnsent(&short, counts, session, &refusals)
        // Where it cannot be asked what became of them, the log of rules that may refuse them tells what may have.
        accountForDenials(&short, session, &refusals, isCertain: false, butPassed: true)
        found += short.found
    }

    /// Packets that should have left by an interface that is captured, and none of which did.
    private mutating func accountForUnsent(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session, _ refusals: inout Refusals
    ) {
        let others = refusals.rejectedCount(counts.direction)
        let key = session.record.original
        let target = counts.direction == .original ? session.record.reply.source : key.source
        // Where one interface is captured, what leaves passes another one.
        guard facts.interfaces.map({ $0.count > 1 }) ?? true, let entered = counts.entering,
            !entered.counts.isEmpty, !counts.lacksLeaving, facts.isWhole(.packet),
            facts.ownAddresses?.isDestination(target) == false
        else { return }
        // The route is asked at the end.
        if reserves.stage == .question { return short.account(.droppedAfterConntrack, []) }
        let views = views(of: counts, session)
        let out = views.translated.outInterface ?? ""
        let isCaptured = !out.isEmpty && facts.interfaces?.contains { interface($0) == out } ?? true
        guard views.isForHost == .no, isCaptured || views.isRefused, !isDiverted(&short, views) else { return }
        let answered = accountForAnswered(&short, counts, session, views, besides: others)
        accountForRules(&short, views.counted, untracks: false) {
            $0.isBeforeConntrack ? nil : .droppedAfterConntrack
        }
        accountForErrors(&short, counts, session, views, besides: others, told: answered)
        accountForRefusedRoute(&short, views, session)
        accountForHostDrops(&short, views) { $0 == .arrival ? nil : .droppedAfterConntrack }
        let silence = silence(onWayOf: counts, session)
        if silence.isEmpty { accountForDenials(&short, session, &refusals, isCertain: false) }
        if views.isRefused { return short.account(.unexplained, noRule("behind conntrack")) }
        short.account(
            .droppedAfterConntrack, isCertain: false,
            [
                "none of its packets left by \(out), which is their way, and of which the capture lost nothing; only encrypted (IPsec) they would not be recognised"
            ]
                + wasDown(out) + silence + (silence.isEmpty ? [] : logged(session)) + noRule("behind conntrack")
                + short.suspicions)
    }

    /// Packets of the host's own that should have left by an interface that is captured, and none of which did.
    mutating func accountForOwnUnsent(_ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session) {
        let key = counts.direction == .original ? session.record.original : session.record.reply
        guard !short.isAccountedFor, facts.ownAddresses?.contains(key.source) == true, !counts.lacksLeaving,
            facts.isWhole(.packet)
        else { return }
        let views = views(of: counts, session)
        guard views.isForHost == .no, let out = views.translated.outInterface,
            facts.interfaces?.contains(where: { interface($0) == out }) ?? true
        else { return }
        accountForRules(&short, views.counted, untracks: false) {
            $0.isBeforeConntrack ? nil : .droppedAfterConntrack
        }
        short.account(
            .droppedAfterConntrack, isCertain: false,
            ["they are the host's own, and none left by \(out), which is their way"] + wasDown(out)
                + silence(onWayOf: counts, session) + noRule("behind conntrack") + short.suspicions)
    }

    /// That an interface was down, where it was.
    func wasDown(_ name: String) -> [String] {
        facts.downInterfaceNames.contains(name) ? ["\(name) was down for a while"] : []
    }

    /// Answers that the firewall gives in the destination's name: conntrack does not count them.
    func accountForOwnAnswers(_ short: inout Shortfall, _ refusals: inout Refusals) {
        let answers = refusals.takeAnswers(short.direction, upTo: short.rest.packetCount)
        short.account(.denied, for: answers, ["a rule rejected packets: these are the firewall's own answers"])
    }
}
