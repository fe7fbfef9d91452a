internal import FlowModel

// Sessions that a capture saw and conntrack does not know.

extension Comparison {
    mutating func explainUnknown(
        _ counts: DirectionCounts, _ session: Session, _ refusals: inout Refusals, _ found: inout [Difference]
    ) {
        guard let (tap, place) = counts.tap else { return }
        if tap.counts.whole.packetCount == 0 {
            guard tap.counts.errorCount > 0 else { return }
            found.append(
                Difference(
                    .icmpError, counts.direction, more: place, fewer: .conntrack,
                    packetCount: UInt64(tap.counts.errorCount),
                    evidence: ["ICMP errors speak of it, and nothing else does: conntrack makes no session of them"]))
            return
        }
        let whole = tap.counts.whole
        let left = counts.entering == nil ? Counters() : counts.leaving?.counts.whole ?? Counters()
        var stopped = Shortfall(counts.direction, place, .conntrack, whole.since(left))
        accountForDenied(&stopped, counts, session, &refusals)
        found += stopped.found
        explainLost(stopped.found, counts, session, &refusals, &found)
        var passed = Shortfall(counts.direction, place, .conntrack, whole.since(whole.since(left)))
        accountForDeniedBehindCopies(&passed, counts, session, &refusals)
        accountForPassed(&passed, counts, session)
        for difference in passed.found { found.add(difference) }
    }

    /// Packets that were kept from conntrack, and did not leave either: why not is another question.
    private mutating func explainLost(
        _ stopped: [Difference], _ counts: DirectionCounts, _ session: Session, _ refusals: inout Refusals,
        _ found: inout [Difference]
    ) {
        guard counts.entering != nil, let leaving = counts.leaving, !leaving.counts.isEmpty else { return }
        let parts = stopped.filter { $0.reason == .untracked }
        let untracked = parts.reduce(Counters()) {
            $0 + Counters(packetCount: $1.packetCount, byteCount: $1.byteCount)
        }
        var short = Shortfall(
            counts.direction, .captureIn, .captureOut, untracked, isShare: parts.contains { !$0.knowsBytes })
        guard !short.isAccountedFor else { return }
        let before = reserves.rejectedCount
        accountForRules(&short, views(of: counts, session), untracks: false) {
            $0.isBeforeConntrack ? nil : Self.reason($0)
        }
        refusals.noteRejected(reserves.rejectedCount - before, counts.direction)
        accountForLoss(&short, of: .packet, session)
        accountForSkew(&short, counts, session)
        accountForOtherInterface(&short, counts.path.outInterface)
        short.account(
            .droppedAfterConntrack, isCertain: false,
            [
                "packets that came in did not leave by \(interface(leaving.interface)), nor by another interface that is captured"
            ]
                + noRule("behind conntrack") + short.suspicions)
        found += short.found
    }

    /// Packets that came in and did not leave, as far as is known; those of a host's own are among them.
    private mutating func accountForDenied(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session, _ refusals: inout Refusals
    ) {
        // What an interface shows as it leaves came past all rules.
        let hasLeft = short.more == .captureOut
        let isProof = denialsAreProof(counts, session, refusals)
        if isProof, !hasLeft { accountForDenials(&short, session, &refusals) }
        if counts.entering == nil { accountForOwnAnswers(&short, &refusals) }
        let before = reserves.rejectedCount
        let views = views(of: counts, session)
        let sight = sight(of: counts, views)
        let answered = accountForAnswered(
            &short, counts, session, views, besides: refusals.rejectedCount(counts.direction))
        accountForRules(&short, views, untracks: sight == nil) { hasLeft ? nil : Self.reason($0) }
        refusals.noteRejected(reserves.rejectedCount - before, counts.direction)
        if !isProof, !hasLeft, !mayPassWhatIsLogged(session) {
            accountForDenials(&short, session, &refusals, isCertain: false)
        }
        accountForErrors(
            &short, counts, session, views, besides: refusals.rejectedCount(counts.direction), told: answered)
        if !hasLeft { accountForRefusedRoute(&short, views, session) }
        accountForBridging(&short, counts, session)
        if !hasLeft {
            accountForHostDrops(&short, views, Self.reason)
            accountForDenials(&short, session, &refusals, isCertain: false)
        }
        if hasLeft, counts.entering?.counts.isEmpty ?? true {
            short.suspicions.append(
                "none of them came in by an interface that is captured: the host may have made them itself, as a proxy's answers (synproxy)"
            )
        }
        accountForIdleConntrack(&short)
        accountForInvalid(&short, counts, session)
        accountForUntold(&short, counts, session)
        accountForPieces(&short, counts)
        if let silence = silence(of: session) {
            // A translated one is two halves, each of which seems to end here.
            short.account(
                .eventsOff, isCertain: false,
                ["\(silence): conntrack may have known it, and let it go without a word"]
                    + short.suspicions)
        }
        short.account(.unexplained, noRule(nil) + [sight].compactMap(\.self))
    }

    /// Packets that came in and left.
    private mutating func accountForPassed(_ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session) {
        guard let entered = counts.entering, let left = counts.leaving else { return }
        let views = views(of: counts, session)
        let sight = sight(of: counts, views)
        if sight == nil, let bridging = bridging(counts, session), bridging.isSure {
            // A bridge's chains may have conntrack look (nf_conntrack_bridge).
            let isCertain = facts.bridgeSettings?[session.record.original.family] == .isOff
            let mayTrack = search.chart.map { !$0.bridges.isEmpty } ?? true
            // What the host routes from one network of the bridge to another of its own a rule may have kept from conntrack.
            let mayRoute = search.suspects(of: views).contains { $0.deed == .untrack }
            short.account(.untracked, isCertain: isCertain && !mayTrack && !mayRoute, [bridging.sentence])
        }
        accountForRules(&short, views, untracks: sight == nil) { _ in nil }
        accountForIdleConntrack(&short)
        accountForInvalid(&short, counts, session)
        accountForUntold(&short, counts, session)
        // Whoever switched its events off once may have done so again, between two looks at that.
        let mayBeUntold = facts.eventsAreOn == false && wentBeforeLastLook(counts, session)
        if let sight, mayBeUntold {
            short.account(
                .eventsOff, isCertain: false,
                ["net.netfilter.nf_conntrack_events was 0 for a while, and perhaps once more", sight])
        }
        if facts.isWhole(.conntrack), sight == nil {
            let portless = portlessness(session)
            let copier = search.suspects(of: views).first { copies($0) }.map(copySentence)
            // Those that conntrack could make nothing of pass without an entry, too.
            short.account(
                .untracked, isCertain: facts.failures?.invalid == 0 && copier == nil && portless == nil && !mayBeUntold,
                [
                    "it came in by \(interface(entered.interface)) and left by \(interface(left.interface)), and conntrack, which lost no message, has no entry of it"
                ] + [copier, portless].compactMap(\.self) + noRule("before conntrack"))
        }
        short.account(.unexplained, noRule("before conntrack") + [sight].compactMap(\.self))
    }

    /// Conntrack tracks only where a rule asks for it (`nf_ct_netns_get`): where none does it knows of no session at all.
    private func accountForIdleConntrack(_ short: inout Shortfall) {
        guard facts.tracksNothing, !conntrackToldOfAny, facts.isWhole(.conntrack) else { return }
        short.account(.untracked, ["no rule here uses conntrack, so it tracks nothing"])
    }

    /// Packets that the host could not pass on, and of which it said so: no route, no neighbour, too many hops.
    ///
    /// - Parameters:
    ///   - others: packets that it answered for another reason.
    ///   - told: those of which that has been said already.
    mutating func accountForErrors(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session, _ views: RuleViews,
        besides others: UInt64 = 0, told: UInt64 = 0
    ) {
        guard counts.entering != nil else { return }
        guard counts.leaving?.counts.isEmpty ?? true else {
            return accountForOwnErrors(&short, counts, besides: others.adding(told))
        }
        let all = session.taps.lanes.map { UInt64($0.original.errorCount) + UInt64($0.reply.errorCount) }.max() ?? 0
        let errors = all.lacking(others)
        let isTheHosts = answersAreTheHosts(views)
        let silence = errors > told ? silence(onWayOf: counts, session) : []
        let sentence =
            isTheHosts
            ? "the firewall answered \(errors) of its packets with ICMP errors, and none left"
            : "\(errors) of its packets were answered with ICMP errors, by the firewall itself or behind an interface that is not captured"
        short.account(
            .droppedAfterConntrack, for: errors.lacking(told), isCertain: false,
            [sentence] + silence + short.suspicions)
        guard isTheHosts, !short.isAccountedFor,
            errors > 0 || answeredPairs.contains(session.record.original.withoutPorts)
        else { return }
        short.suspicions.append(
            "the firewall answered \(errors > 0 ? "others of them" : "other packets between these two") with ICMP errors, of which it sends but so many a second (icmp_ratelimit): these may have met the same end"
        )
    }

    /// Whether nobody but the host can have answered packets that no interface shows leaving: they are for it, no route leads on, or the
    /// interface by which one does is captured.
    private func answersAreTheHosts(_ views: RuleViews) -> Bool {
        guard let captured = facts.interfaces, views.isForHost != .yes, !views.isRefused else { return true }
        return captured.contains { interface($0) == views.translated.outInterface }
    }

    /// Accounts for those packets before any rule does, where no rule that they come to may have rejected, and so answered them, nor kept them
    /// from conntrack before: what the host answered itself no rule dropped.
    ///
    /// - Returns: how many these are.
    mutating func accountForAnswered(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session, _ views: RuleViews,
        besides others: UInt64
    ) -> UInt64 {
        guard !short.isAccountedFor, let rules = facts.rules, facts.isWhole(.packet), !counts.lacksLeaving,
            answersAreTheHosts(views)
        else { return 0 }
        let isOthers = search.suspects(of: views).contains { suspect in
            let watched = rules.rules[suspect.rule]
            guard watched.limit != 0 else { return false }
            // A port of the host's on which nobody listens answers what was never tracked, too.
            if suspect.deed == .untrack { return !views.isTracked && suspect.place.isBeforeConntrack }
            return suspect.deed == .deny && (suspect.mayPass || watched.rule.verdict != .drop)
        }
        guard !isOthers else { return 0 }
        let before = short.rest.packetCount
        // Why the others are missing rules are asked first.
        let suspicions = short.suspicions
        accountForErrors(&short, counts, session, views, besides: others)
        short.suspicions = suspicions
        return before - short.rest.packetCount
    }

    /// Packets that the host could not pass on, of a session of which others got further: too large for the next link, or at the end of
    /// their life. What others answer passes both interfaces.
    private func accountForOwnErrors(_ short: inout Shortfall, _ counts: DirectionCounts, besides others: UInt64) {
        guard facts.isWhole(.packet), let entered = counts.entering?.counts.errorCount,
            let left = counts.leaving?.counts.errorCount, entered > left
        else { return }
        short.account(
            .droppedAfterConntrack, for: UInt64(entered - left).lacking(others), isCertain: false,
            ["the firewall itself answered \(entered - left) of its packets with ICMP errors"] + short.suspicions)
    }

    /// Notes between whom conntrack keeps an entry of a protocol that has ports without any, as a kernel that does not know the protocol does.
    mutating func notePortless(_ sessions: [ComparedSession]) {
        for record in sessions.lazy.map(\.session.record) where record.facts.contains(.conntrack) {
            let key = record.original
            if key.transport.hasPorts, key.sourcePort | key.destinationPort == 0 {
                portlessPairs.formUnion([key.withoutZone, record.reply.withoutZone])
            }
        }
    }

    /// What is said where conntrack knows what passed between two, and not which of their sessions that was.
    func portlessness(_ session: Session) -> String? {
        let key = session.record.original.withoutZone.withoutPorts
        guard key.transport.hasPorts, portlessPairs.contains(key) || portlessPairs.contains(key.inverse) else {
            return nil
        }
        return
            "conntrack has one entry without ports of all \(key.transport.keyword ?? "such") packets between these two: what is captured with ports may be that"
    }

    /// Notes whom the host answered with ICMP errors: packets that did not leave; and what else it dropped.
    mutating func noteErrors(of sessions: [ComparedSession]) {
        var answeredCount: UInt64 = 0
        for compared in sessions {
            let errors = compared.session.taps.lanes.map {
                UInt64($0.original.errorCount) + UInt64($0.reply.errorCount)
            }
            guard let most = errors.max(), most > 0,
                DirectionCounts(compared, .original).leaving?.counts.isEmpty ?? true
            else { continue }
            answeredPairs.insert(compared.session.record.original.withoutPorts)
            answeredCount = answeredCount.adding(most)
        }
        hostDrops = HostDrops(facts.stackGrowth, facts.failures, answeredCount: answeredCount)
    }

    /// What a drop at a place amounts to, of packets of which conntrack keeps nothing.
    static func reason(_ place: HookPlace) -> DifferenceReason? {
        if place.isBeforeConntrack { return .droppedBeforeConntrack }
        return place.hook == .postrouting || place.hook == .egress ? .droppedAfterConntrack : .denied
    }

    /// Messages that conntrack lost may have told of any session, and so may those that it was told not to send.
    private mutating func accountForUntold(_ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session) {
        guard !short.isAccountedFor else { return }
        if mayHaveLost(.conntrack, of: session), reserves.takeLoss(of: .conntrack, upTo: 1) > 0 {
            short.account(
                .lostBySource, isCertain: false, ["\(facts.losses(of: .conntrack)), and no other told of it"])
        }
        if let silence = silence(of: session), wentBeforeLastLook(counts, session) {
            short.account(
                .eventsOff, isCertain: false,
                ["\(silence): conntrack does not tell what came and went between two looks at its table"])
        }
        accountForHiddenEnd(&short, session)
    }

    /// Rules have conntrack keep the ends of sessions to itself: what went before the last look it knew all the same.
    mutating func accountForHiddenEnd(_ short: inout Shortfall, _ session: Session) {
        guard !short.isAccountedFor, let rules = facts.rules else { return }
        // The rule means the packets with which conntrack begins the session.
        let first = DirectionCounts(ComparedSession(session), .original)
        let views = views(of: first, session)
        let suspect = search.suspects(of: views).first {
            $0.deed == .limitEvents && rules.rules[$0.rule].limit != 0
        }
        var known = suspect.map { (watched: rules.rules[$0.rule], answer: $0.answer) }
        if known == nil, facts.ownAddresses?.contains(session.record.original.source) ?? true {
            // What leaves with the host's own address may have come with another one, which the rule meant.
            let earlier = views.translated.beforeTranslation(
                hidesDestination: search.chart?.translatesDestinations ?? true)
            let other = rules.rules.first {
                $0.rule.effects.contains(.limitEvents) && $0.limit != 0 && $0.rule.match.answer(to: earlier) != .no
            }
            known = other.map { ($0, .perhaps) }
        }
        guard let known else { return }
        short.account(
            .eventsOff, isCertain: false,
            ["\(evidence(known.watched, known.answer)); such a rule has conntrack keep events to itself"])
    }

    /// Whether a session was over before conntrack's table was looked at last, which sees all that go on.
    private func wentBeforeLastLook(_ counts: DirectionCounts, _ session: Session) -> Bool {
        let last = counts.tap?.counts.counts.last ?? session.record.lastSeen
        return (facts.lastLook ?? facts.end).nanoseconds(since: last) > Self.edge
    }

    /// Why conntrack may have known a session that it did not tell of, as it was told not to.
    func silence(of session: Session) -> String? {
        facts.silence(
            at: session.taps.lanes.flatMap { [$0.original, $0.reply] }.filter { !$0.isEmpty }.map(\.first).min())
    }
}
