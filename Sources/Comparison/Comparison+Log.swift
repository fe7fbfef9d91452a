internal import FlowModel

// What rules logged, against what passed the place where they log.

extension Comparison {
    mutating func explainLog(
        _ counts: DirectionCounts, _ compared: inout ComparedSession, _ refusals: inout Refusals,
        _ found: inout [Difference]
    ) {
        let session = compared.session
        // A lane that nothing feeds is not missing anything.
        guard logFeeds || session.nflog != nil else { return }
        let stopped = Self.stopped(counts.direction, found)
        var references = references(for: counts, butStopped: stopped)
        let logged = counts.logged
        if references.contains(where: { $0.0 == logged }) { return }
        // What was dropped before it came to the rule that logs is not missing there, too.
        if counts.tracked != nil, stopped.packetCount > 0,
            let left = references.firstIndex(where: { $0.1 == .captureOut })
        {
            let views = views(of: counts, session)
            let coming = references[0].1 == .conntrack ? views.counted : views
            if !denials(before: logSuspects(views), coming).isEmpty {
                references.insert(references.remove(at: left), at: 0)
            }
        }
        // What was dropped and logged came to the rule: where more was logged than passed, it is held against what came.
        let fitting = references.first { $0.0.packetCount >= logged.packetCount }
        guard let (reference, place) = fitting ?? references.first else { return }
        // Later fragments alone are bytes of no packet.
        if logged.packetCount == 0, reference.packetCount == 0 { return }
        if logged.packetCount > reference.packetCount {
            found += surplus(counts, session, &refusals, logged.since(reference), place)
        } else if logged.packetCount == reference.packetCount {
            let hasMore = logged.byteCount > reference.byteCount
            found.append(
                Difference(
                    .unexplained, counts.direction, more: hasMore ? .nflog : place, fewer: hasMore ? place : .nflog,
                    byteCount: logged.since(reference).byteCount + reference.since(logged).byteCount,
                    evidence: ["as many packets have other lengths"]))
        } else {
            var short = Shortfall(counts.direction, place, .nflog, reference.since(logged))
            accountForUnlogged(&short, counts, session, isStopTold: stopped.packetCount > 0)
            if session.nflog == nil, short.found.allSatisfy({ $0.reason == .notLogged }) {
                compared.isUnlogged = true
            } else {
                found += short.found
            }
        }
    }

    /// Whether any rule logs to the groups that are read; unknown rules may.
    private var logFeeds: Bool {
        facts.rules.map { rules in rules.rules.contains { logs($0.rule) } } ?? false
    }

    private func logs(_ rule: FirewallRule) -> Bool {
        rule.effects.contains { if case .log(let group, _) = $0 { facts.groups.contains(group) } else { false } }
    }

    /// What shows that conntrack looked at packets that were logged: every rule that may have logged them asks for what it says of them.
    ///
    /// Only the rules that stand now are known: any may have logged them where they changed.
    mutating func sight(of counts: DirectionCounts, _ views: RuleViews) -> String? {
        guard counts.logged.packetCount > 0, let rules = facts.rules, rules.doubt == nil else { return nil }
        let logs = logSuspects(views)
        guard let log = logs.first,
            logs.allSatisfy({ !$0.place.isBeforeConntrack && rules.rules[$0.rule].rule.match.asksForTracking })
        else { return nil }
        return
            "conntrack looked at them: rule \(rules.rules[log.rule].title), which asks conntrack about them (ct state and the like), logged \(counts.logged.packetCount) of them"
    }

    /// What passed the place where the rules log; the first is what to expect, the others are as good.
    ///
    /// - Parameter stopped: what rules dropped of packets that conntrack does not count, and which so may not have come to the place.
    private func references(
        for counts: DirectionCounts, butStopped stopped: Counters
    ) -> [(Counters, CountedPlace)] {
        let entered = counts.entering.map { ($0.counts.whole, CountedPlace.captureIn) }
        if counts.tracked == nil, stopped.packetCount > 0, let whole = counts.entering?.counts.whole {
            return [(whole.since(stopped), .captureIn), (whole, .captureIn)]
        }
        let pieces = counts.entering.map { ($0.counts.seen, CountedPlace.captureIn) }
        let tracked = counts.tracked.map { ($0, CountedPlace.conntrack) }
        let left = counts.leaving.map { ($0.counts.whole, CountedPlace.captureOut) }
        let ordered: [(Counters, CountedPlace)?] =
            switch counts.logPlace.flatMap({ NetfilterHook(number: $0.hook) }) {
            case .prerouting: [entered, tracked, left, pieces]
            case .postrouting: [left, tracked, entered]
            default: [tracked, entered, left]
            }
        return ordered.compactMap { $0 }
    }

    private static func stopped(_ direction: FlowDirection, _ found: [Difference]) -> Counters {
        let stops: Set<DifferenceReason> = [.droppedBeforeConntrack, .droppedAfterConntrack, .denied]
        return found.filter { stops.contains($0.reason) && $0.direction == direction }.reduce(Counters()) {
            $0 + Counters(packetCount: $1.packetCount, byteCount: $1.byteCount)
        }
    }

    /// Packets that rules logged and that passed nowhere else.
    private mutating func surplus(
        _ counts: DirectionCounts, _ session: Session, _ refusals: inout Refusals, _ more: Counters,
        _ place: CountedPlace
    ) -> [Difference] {
        var short = Shortfall(counts.direction, .nflog, place, more)
        if (counts.entering?.counts.fragmentCount ?? 0) > 0 {
            short.account(.fragments, ["the rule logs fragments, before they are put together"])
        }
        // What rules refuse of the host's own packets no interface shows.
        if place == .captureOut, counts.entering?.counts.isEmpty ?? true {
            for isCertain in [true, false] {
                accountForDenials(&short, session, &refusals, isCertain: isCertain)
            }
        }
        // One rule logs a packet once.
        if place == .conntrack, isLoggedBehindConntrack(counts), logSuspects(views(of: counts, session)).count == 1 {
            accountForIgnored(&short, session)
        }
        // Rules log on when the captures have ended, and conntrack's table was looked at.
        if let start = session.start, start >= facts.end {
            short.account(.endedAfter, ["it began when the capture had ended"])
        } else if !accountForLate(&short, counts, session), let last = session.nflog?.lastTime,
            let tap = counts.entering ?? counts.leaving, !tap.counts.isEmpty
        {
            short.account(
                .endedAfter, for: Pace(tap.counts).most(in: last.nanoseconds(since: facts.end)), isCertain: false,
                ["rules logged it for \(Self.seconds(from: facts.end, to: last)) after the capture's end"])
        }
        short.account(.unexplained, ["rules logged more than passed"])
        return short.found
    }

    /// Packets that no logged one stands for.
    ///
    /// - Parameter isStopTold: whether rules were said to have dropped some of them.
    private mutating func accountForUnlogged(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session, isStopTold: Bool
    ) {
        // Whatever left came to the rule.
        let passed = counts.logged.packetCount.adding(short.rest.packetCount)
        let haveAllLeft = short.more == .captureOut || counts.leaving?.counts.whole.packetCount ?? 0 >= passed
        var views = views(of: counts, session)
        // By which way is no question then.
        if haveAllLeft { views.mayHaveGoneElsewhere = false }
        let suspects = logSuspects(views)
        // What was lost, and could not be read, the end tells.
        if reserves.stage == .question, !suspects.isEmpty { return short.account(.unexplained, []) }
        let coming = short.more == .conntrack ? views.counted : views
        let denials = haveAllLeft ? [] : denials(before: suspects, coming)
        if counts.leaving == nil, !isStopTold { accountForDropped(&short, counts, coming, by: denials) }
        if short.isAccountedFor { return }
        let meant = suspects.compactMap { suspect in
            facts.rules.map { (rule: $0.rules[suspect.rule], answer: suspect.answer, isReached: suspect.isReached) }
        }
        let logsAll = meant.contains { $0.answer == .yes }
        let isWhole = facts.isWhole(.nflog)
        let ownLoss = isWhole ? "nflog lost nothing" : "\(facts.losses(of: .nflog)) in all"
        let partial = meant.filter { !$0.rule.rule.match.choices.isEmpty }
        // A rule that was not there all the time logged none of what passed before.
        let changes = [facts.rules?.doubt].compactMap(\.self) + doubts(about: denials)
        let asksForWay =
            views.mayHaveGoneElsewhere
            && suspects.contains { $0.place.hook != .ingress && $0.place.hook != .prerouting }
        let doubts = changes + (asksForWay ? [Self.otherWay] : [])
        let reason: DifferenceReason = counts.logged.packetCount > 0 ? .sampled : .notLogged
        if logsAll || partial.isEmpty {
            accountForUncounted(&short, counts, meant.map(\.rule), reason, ownLoss, doubts)
        }
        if logsAll || facts.rules == nil { accountForLoss(&short, of: .nflog, session) }
        if short.isAccountedFor { return }
        if facts.rules == nil, isWhole {
            // Its sequence numbers tell every loss: what did not come was not logged.
            if counts.logged.packetCount > 0 {
                let part = haveAllLeft ? "passed" : "came, or others dropped some before"
                short.account(
                    .sampled, isCertain: haveAllLeft,
                    ["\(ownLoss), so rules logged only a part of what \(part); which ones is not known"])
            }
            // A rule that picks some of both ways may have picked none of this one.
            short.account(
                .notLogged, isCertain: false,
                [
                    "\(ownLoss), and no packet this way was logged: no rule logs these, or one that logs some only; which, is not known"
                ])
        }
        if facts.rules != nil, meant.isEmpty {
            let groups = facts.groups.map(String.init).joined(separator: ", ")
            // A rule that was there for a while may have logged some.
            short.account(
                .notLogged, isCertain: changes.isEmpty,
                [
                    "no rule logs these packets to group \(groups)\(changes.isEmpty ? "" : ", of those that are there now")"
                ] + changes)
        }
        if !logsAll, let (watched, _, isReached) = partial.first {
            let conditions = watched.rule.match.choices.joined(separator: ", ")
            // Packets of another state a rule in front may have taken: this one would not have logged them either.
            let isSure = isReached || watched.rule.match.choosesByStateAlone
            let coming = isSure ? "" : " of what comes to it, which these may not have"
            // What met them may be among what was lost.
            short.account(
                .sampled, isCertain: isWhole && doubts.isEmpty && isSure,
                ["rule \(watched.title) logs only what meets \(conditions)\(coming); \(ownLoss)"] + doubts)
        }
        accountForLoss(&short, of: .nflog, session)
        if isWhole, let watched = meant.first?.rule {
            // Where it surely means them, nobody knows what kept them from it.
            short.account(
                reason, isCertain: !logsAll && doubts.isEmpty, [Self.unmet(watched), ownLoss] + doubts)
        }
        short.account(.unexplained, ["no rule tells why these packets were not logged"])
    }

    private static var otherWay: String {
        "which way they went is not known for sure, as routes changed meanwhile, or go by more than addresses: another does not lead to it"
    }

    /// Packets that rules may have dropped before they came to one that logs, and of which nobody captured whether they left.
    private mutating func accountForDropped(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ views: RuleViews, by denials: [RuleSuspect]
    ) {
        guard !denials.isEmpty else { return }
        let isTracked = counts.tracked != nil
        accountForRules(&short, views, untracks: false, among: Set(denials.map(\.rule))) {
            if !isTracked { return Self.reason($0) }
            return $0.isBeforeConntrack ? nil : .droppedAfterConntrack
        }
    }

    /// What is said of rules that may have dropped packets before they came to one that logs.
    private func doubts(about denials: [RuleSuspect]) -> [String] {
        guard let rules = facts.rules?.rules else { return [] }
        return Self.shortened(denials.map { "before it, \(evidence(rules[$0.rule], $0.answer))" })
    }

    /// What is said of a rule that logs packets of which some are not in the log, though none were lost.
    private static func unmet(_ watched: WatchedRule) -> String {
        watched.isNew
            ? "rule \(watched.title) logs them, and is new: what passed before did not come to it"
            : "rule \(watched.title) would log them: they did not come to it"
    }

    /// Packets that the rules' own counters say never came to them: no source can have lost those.
    private func accountForUncounted(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ rules: [WatchedRule], _ reason: DifferenceReason,
        _ ownLoss: String, _ doubts: [String]
    ) {
        // Packets in pieces are logged piece by piece, or whole: the counter says the one, the session the other.
        guard !rules.isEmpty, (counts.entering?.counts.fragmentCount ?? 0) == 0 else { return }
        var counted: UInt64 = 0
        for watched in rules {
            guard let growth = watched.growth else { return }
            counted = counted.adding(growth.packetCount)
        }
        let passed = counts.logged.packetCount.adding(short.rest.packetCount)
        guard counted < passed else { return }
        // Where nothing was lost, none of what lacks came to them.
        short.account(
            reason, for: facts.isWhole(.nflog) ? short.rest.packetCount : passed - counted,
            isCertain: doubts.isEmpty,
            [
                "rule \(rules[0].title) has seen only \(counted.counted("packet")) of all sessions by its counter\(rules.count > 1 ? ", and those like it" : ""); \(ownLoss)"
            ] + doubts)
    }
}
