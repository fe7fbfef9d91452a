internal import FlowModel

// What a capture sees of a session that conntrack knows, and that conntrack did not count.

extension Comparison {
    /// The capture saw packets that conntrack did not count.
    mutating func accountForUntracked(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ compared: ComparedSession,
        _ tap: DirectionCounts.TapCounts, _ refusals: inout Refusals
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
        // Whatever left was not dropped.
        let hasLeft = short.more == .captureOut
        let before = reserves.rejectedCount
        // Where rules logged all of them with what conntrack says of them, it looked at each.
        let wasSeen = counts.logged.packetCount >= tap.counts.whole.packetCount
        let views = views(of: counts, session)
        let sight = wasSeen ? sight(of: counts, views) : nil
        // Those of packets that conntrack counted account for these, where they did not leave.
        let counted = counts.leaving.flatMap { left in counts.tracked.map { $0.since(left.counts.whole).packetCount } }
        var answered: UInt64 = 0
        if mayBeFirst, !hasLeft, let counted {
            let others = answerableCount(session).adding(counted)
            answered = accountForAnswered(&short, counts, session, views, besides: others)
        }
        accountForRules(&short, views, untracks: sight == nil) {
            !hasLeft && ($0.isBeforeConntrack || mayBeFirst) ? Self.reason($0) : nil
        }
        if hasLeft { accountForCopies(&short, views) }
        if mayBeFirst, !hasLeft, let counted {
            let others = answerableCount(session).adding(reserves.rejectedCount - before)
            accountForErrors(&short, counts, session, views, besides: others.adding(counted), told: answered)
        }
        if !hasLeft { accountForHostDrops(&short, views) { mayBeFirst || $0 == .arrival ? Self.reason($0) : nil } }
        // Where such a log may also stand before what lets pass, its time does not tell that they came after conntrack's entry.
        if mayBeFirst, !hasLeft, counts.direction == .original,
            compared.wasDenied || mayPassWhatIsLogged(session)
        {
            accountForDenials(&short, session, &refusals, isCertain: false)
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
                count(facts.early, counts, session, short)
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
            let droppers = deniersBeforeConntrack(views)
            short.account(
                .fragments, isCertain: droppers.isEmpty,
                ["datagrams that did not become whole"] + Self.shortened(droppers))
        }
        if cameToConntrack(counts, isOwn: views.isOwn == .yes) { accountForIgnored(&short, session) }
        accountForOtherZone(&short, session)
        accountForReset(&short, counts)
        if !session.record.facts.contains(.ended), session.record.facts.contains(.countersAreOld) {
            short.account(.endedAfter, ["it goes on, and conntrack's counters were read before its last packets"])
        }
        accountForSkew(&short, counts, session)
        if mayBeFirst, !hasLeft, let doubt = doubt(views, session) {
            short.suspicions.append(doubt)
        }
        let end = sight.map { [$0] } ?? (passed(counts) ? [Self.lookedAway] : [])
        short.account(.unexplained, noRule("before conntrack") + end)
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

    /// Whether packets surely came to conntrack: all that were captured passed, or rules logged them behind it.
    ///
    /// - Parameter isOwn: whether the host made them, so that none came in.
    private func cameToConntrack(_ counts: DirectionCounts, isOwn: Bool) -> Bool {
        guard let came = (counts.entering ?? (isOwn ? counts.leaving : nil))?.counts.whole else { return false }
        if counts.leaving?.counts.whole ?? came == came { return true }
        return isLoggedBehindConntrack(counts) && counts.logged.packetCount >= came.packetCount
    }

    func isLoggedBehindConntrack(_ counts: DirectionCounts) -> Bool {
        guard let hook = counts.logPlace.flatMap({ NetfilterHook(number: $0.hook) }) else { return false }
        return hook != .ingress && hook != .prerouting
    }

    /// Segments that conntrack looks at and does not count: a SYN that comes again, or its answer (`TCP_CONNTRACK_IGNORE`).
    func accountForIgnored(_ short: inout Shortfall, _ session: Session) {
        let rest = short.rest
        // TCP's header with all its options at most.
        let lengths: ClosedRange<UInt64> = session.record.original.family == .ipv4 ? 40...80 : 60...100
        guard session.record.original.transport == .tcp, (1...Self.mostRepeated).contains(rest.packetCount),
            rest.byteCount % rest.packetCount == 0, lengths.contains(rest.byteCount / rest.packetCount)
        else { return }
        short.account(
            .ignored, isCertain: false,
            [
                "\(rest.packetCount.counted("segment")) of \(rest.byteCount / rest.packetCount) bytes came to conntrack, which does not count a SYN that comes again, nor what it cannot place in the connection"
            ])
    }

    /// Packets show no zone: the first of another session of that tuple may have been counted to this one, until conntrack told of that.
    private func accountForOtherZone(_ short: inout Shortfall, _ session: Session) {
        guard facts.ambiguousCount > 0, session.record.original.zone != 0 || session.record.reply.zone != 0 else {
            return
        }
        short.account(
            .lostBySource, isCertain: false,
            [
                "its tuple has a zone, which packets do not show: these may be another session's, and \(facts.losses(of: .packet))"
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
        if failures.invalid > 0, mayBeInvalid {
            parts.append("found \(failures.invalid) \(failures.invalid == 1 ? "packet" : "packets") invalid")
        }
        if failures.drops > 0 { parts.append("dropped \(failures.drops) for want of room") }
        if failures.failedInserts > 0 { parts.append("could not enter \(failures.failedInserts) sessions") }
        if failures.earlyDrops > 0 { parts.append("gave up \(failures.earlyDrops) sessions to make room") }
        let failed = failures.drops.adding(failures.failedInserts).adding(failures.earlyDrops)
        let taken = reserves.takeInvalid(upTo: min(short.rest.packetCount, mayBeInvalid ? .max : failed))
        short.account(
            .invalid, for: taken, isCertain: false,
            ["conntrack \(parts.joined(separator: ", ")) meanwhile: these may be among them"])
    }

    var flowtableEvidence: [String] {
        facts.flowtables.filter { !$0.counts }.map {
            "flowtable \($0.family) \($0.table) \($0.name) does not count for conntrack"
        }
    }
}
