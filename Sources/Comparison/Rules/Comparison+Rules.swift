internal import FlowModel

// Which rule can have done it.

extension Comparison {
    /// The rules that log these packets, which passed, or may, to groups that are read.
    mutating func logSuspects(_ views: RuleViews) -> [RuleSuspect] {
        search.suspects(of: views.passed).filter {
            if case .log(let group) = $0.deed { facts.groups.contains(group) } else { false }
        }
    }

    /// The rules that may have dropped packets before they came to the one that surely logs them, else to the last that may.
    mutating func denials(before logs: [RuleSuspect], _ views: RuleViews) -> [RuleSuspect] {
        guard let rules = facts.rules?.rules, let log = logs.first(where: { $0.answer == .yes }) ?? logs.last else {
            return []
        }
        // Behind one that surely takes them no other is met.
        let suspects = search.suspects(of: views)
        let end = suspects.firstIndex { $0.rule == log.rule && $0.deed == log.deed } ?? suspects.endIndex
        return suspects[..<end].filter { $0.deed == .deny && rules[$0.rule].limit != 0 }
    }

    /// What is said of rules that may have dropped packets, or pieces of them, before conntrack saw any, or kept pieces from it.
    mutating func deniersBeforeConntrack(_ views: RuleViews) -> [String] {
        guard let rules = facts.rules?.rules else { return [] }
        return search.suspects(of: views).filter {
            let isKeeper = $0.deed == .untrack && $0.place.isBeforeReassembly
            return ($0.deed == .deny || isKeeper) && $0.place.isBeforeConntrack && rules[$0.rule].limit != 0
        }.map { evidence(rules[$0.rule], $0.answer) }
    }

    /// Accounts for what rules dropped or kept from conntrack.
    ///
    /// A rule that surely means the packets accounts for as many as its counter rose by. Of those that may mean them one does so where
    /// its counter alone rose by all that is missing, or all that are counted, where they together rose by just that; else they are told
    /// as what may have done it.
    ///
    /// - Parameters:
    ///   - isSure: leaves out rules that may mean other packets, and those without counters.
    ///   - untracks: whether rules that keep packets from conntrack account for anything here.
    ///   - chosen: the rules that may account for anything here, where not all may.
    ///   - reason: what a drop at a place amounts to, `nil` where it does not matter here.
    mutating func accountForRules(
        _ short: inout Shortfall, _ views: RuleViews, ifSure isSure: Bool = false, untracks: Bool = true,
        among chosen: Set<Int>? = nil, _ reason: (HookPlace) -> DifferenceReason?
    ) {
        guard let rules = facts.rules, !short.isAccountedFor, rules.isFinal || isSure else { return }
        var doubtful: [Suspicion] = []
        var spent: [RuleSuspect] = []
        for suspect in search.suspects(of: views) where !short.isAccountedFor {
            guard let reason = self.reason(suspect, untracks, reason), chosen?.contains(suspect.rule) ?? true else {
                continue
            }
            guard reserves.left(of: suspect.rule) != 0 else {
                if reserves.isDoubtfullySpent(suspect.rule) || reserves.isShort(suspect.rule) { spent.append(suspect) }
                continue
            }
            let watched = rules.rules[suspect.rule]
            // Where nobody listens a proxy's rule drops the first packet, and conntrack keeps nothing of it.
            if views.isTracked, watched.rule.effects.contains(.divert) { continue }
            // Some got behind it: how many it took, only its counter tells.
            let isRefuted = views.someRefute(suspect.place) && watched.growth == nil && !watched.isNew
            let isPiecemeal = watched.growth != nil && seesWhole(short, views, suspect)
            if suspect.answer == .yes, !isRefuted, !isPiecemeal {
                // Before the second look nobody knows what it counted.
                let isCounted = rules.isFinal ? watched.growth != nil : watched.rule.counters != nil
                if !isSure || isCounted { take(suspect, reason, &short, views, watched) }
                if reserves.isShort(suspect.rule), reserves.left(of: suspect.rule) == 0 { spent.append(suspect) }
            } else {
                var suspect = suspect
                suspect.answer = .perhaps
                doubtful.append((suspect, reason))
            }
        }
        guard !isSure, !short.isAccountedFor else { return }
        // What nobody counts proves nothing, and rules that are gone were counted by nobody.
        let counted = doubtful.filter { rules.rules[$0.suspect.rule].growth != nil }
        let others = doubtful.map(\.suspect).filter { rules.rules[$0.rule].growth == nil }
        if takeRivals(&short, views, others, rules) { return }
        for (suspect, reason) in likely(counted, short, views, rules) {
            take(
                suspect, reason, &short, views, rules.rules[suspect.rule],
                beside: others.prefix(Self.greatestEvidence - 1))
        }
        guard !short.isAccountedFor else { return }
        suspectAll(doubtful.map(\.suspect), spent, &short, views, rules)
    }

    typealias Suspicion = (suspect: RuleSuspect, reason: DifferenceReason)

    /// Notes which rules may have taken packets of one direction, where some seem to be missing.
    mutating func notePrey(_ counts: DirectionCounts, _ session: Session) {
        let seen = max(counts.entering?.counts.whole.packetCount ?? 0, counts.tracked?.packetCount ?? 0)
        guard seen > counts.leaving?.counts.whole.packetCount ?? 0 else { return }
        let views = views(of: counts, session)
        for suspect in search.suspects(of: views) where suspect.deed == .deny || suspect.deed == .untrack {
            reserves.notePrey(views.untranslated.tuple, of: suspect.rule)
        }
    }

    /// Those that have it, unless one of them took packets of one only of several sessions, and it may be another.
    private mutating func likely(
        _ candidates: [Suspicion], _ short: Shortfall, _ views: RuleViews, _ rules: WatchedRuleset
    ) -> [Suspicion] {
        let found = fitting(candidates, short, views, rules)
        return found.contains { reserves.isContested($0.suspect.rule) } ? [] : found
    }

    /// The one whose counter alone rose by all that is missing, or all, where their counters together rose by just that.
    private mutating func fitting(
        _ candidates: [Suspicion], _ short: Shortfall, _ views: RuleViews, _ rules: WatchedRuleset
    ) -> [Suspicion] {
        let missing = short.rest.packetCount
        let tuple = views.untranslated.tuple
        let able = candidates.filter { candidate in
            guard reserves.mayHaveTaken(missing, of: tuple, by: candidate.suspect.rule) else { return false }
            // Of a part that is left over the bytes are only a share.
            return !short.found.isEmpty
                || rules.rules[candidate.suspect.rule].canHaveTaken(short.rest, at: candidate.suspect.place)
        }
        if able.count == 1 {
            reserves.noteFit(missing, of: tuple, by: able[0].suspect.rule)
            return able
        }
        // What denies all that it counts, and counted just these: then what stands before it let them pass.
        let exact = able.filter { !$0.suspect.mayPass && reserves.unclaimed(of: $0.suspect.rule) == missing }
        if exact.count == 1, able.allSatisfy({ $0.suspect.mayPass || $0.suspect == exact[0].suspect }) { return exact }
        // What only these packets can have come to, while it counted as many.
        let own = exact.filter { reserves.isOnlyPrey(tuple, of: $0.suspect.rule) }
        if own.count == 1, !facts.hidesSessions, summary.unkeptCount == 0 { return own }
        // Sessions that a filter hides were counted, too.
        if !facts.hidesSessions, candidates.count > 1 {
            let sum = candidates.reduce(UInt64(0)) { $0.adding(reserves.unclaimed(of: $1.suspect.rule)) }
            if sum == missing { return candidates }
        }
        // The one of which others do not need what it counted, as no other rule can have taken what they lack.
        let free = able.filter { reserves.spare(of: $0.suspect.rule) >= missing }
        if reserves.stage == .final, free.count == 1 { return free }
        let rivals = able.filter { !$0.suspect.mayPass }
        noteRivals(rivals, fitsEach: rivals.count == exact.count, short, views)
        return []
    }

    /// Whether a socket of the host's took packets that came in; where a rule only may have handed them to one, that is suspected.
    mutating func isDiverted(_ short: inout Shortfall, _ views: RuleViews) -> Bool {
        guard let rules = facts.rules else { return false }
        for suspect in search.suspects(of: views) where suspect.deed == .divert {
            let watched = rules.rules[suspect.rule]
            if suspect.answer == .yes || (watched.growth?.packetCount ?? 0) >= short.rest.packetCount { return true }
            short.suspicions.append("rule \(watched.title) may hand them to a socket of the host's own")
        }
        return false
    }

    private func reason(
        _ suspect: RuleSuspect, _ untracks: Bool, _ reason: (HookPlace) -> DifferenceReason?
    ) -> DifferenceReason? {
        switch suspect.deed {
        case .deny: reason(suspect.place)
        case .untrack: untracks && suspect.place.isBeforeConntrack ? .untracked : nil
        case .log, .copy, .divert, .translate, .mark, .limitEvents: nil
        }
    }

    private mutating func take(
        _ suspect: RuleSuspect, _ reason: DifferenceReason, _ short: inout Shortfall, _ views: RuleViews,
        _ watched: WatchedRule, beside others: ArraySlice<RuleSuspect> = []
    ) {
        // Nothing shows that those did not.
        let sentences = others.compactMap { other in
            facts.rules.map { evidence($0.rules[other.rule], other.answer) }
        }
        let shortness = reserves.isShort(suspect.rule) ? ": fewer than are missing from all sessions that it means" : ""
        let taken = reserves.take(
            of: suspect.rule, upTo: short.rest.packetCount, by: views.untranslated.tuple,
            isSure: suspect.answer == .yes)
        let isInPieces = seesWhole(short, views, suspect)
        let piecemeal = isInPieces ? ["some of them are fragments, of which it sees only what became whole"] : []
        let gone = suspect.answer == .yes ? search.goneRule(for: views).map { [Self.isGone($0)] } ?? [] : []
        let lightness = lightness(of: watched, short.rest, suspect.place).map { [$0] } ?? []
        let transience = suspect.answer == .yes ? facts.rules?.transience.map { [$0] } ?? [] : []
        let told =
            [evidence(watched, suspect.answer) + shortness] + sentences + piecemeal + gone + lightness + transience
        let isCertain =
            suspect.answer == .yes && watched.growth != nil && !reserves.isShort(suspect.rule) && !isInPieces
            && gone.isEmpty && lightness.isEmpty && transience.isEmpty
        // What the host dropped before them may have been these, and the rule may have counted what nobody captured.
        let doubt = suspect.answer == .yes ? hostDropDoubt(of: short.rest, views, before: suspect.place) : nil
        guard let doubt else { return short.account(reason, for: taken, isCertain: isCertain, told) }
        let sure = isCertain ? taken.lacking(doubt.count) : 0
        short.account(reason, for: sure, told)
        short.account(reason, for: taken - sure, isCertain: false, told + [doubt.sentence])
    }

    /// That a rule's counter shows that it cannot have counted all of these: as many packets, of fewer bytes. Then it counted some that
    /// nobody captured.
    private func lightness(of watched: WatchedRule, _ packets: Counters, _ place: HookPlace) -> String? {
        // Counters of devices see padding and link headers, too.
        guard let growth = watched.growth, place.hook != .ingress, place.hook != .egress,
            growth.packetCount == packets.packetCount, growth.byteCount < packets.byteCount
        else { return nil }
        return "its packets had \(growth.byteCount) bytes, and these have \(packets.byteCount)"
    }

    /// Whether a rule sees none of the pieces that some of the packets are in, but what they make: who knows whether they became whole, where
    /// conntrack has nothing of them?
    private func seesWhole(_ short: Shortfall, _ views: RuleViews, _ suspect: RuleSuspect) -> Bool {
        views.hasPieces && (!views.isTracked || short.fewer == .conntrack) && !suspect.place.isBeforeReassembly
    }

    /// How many rules that may have done it are named.
    static let greatestEvidence = 3

    /// - Parameter spent: those of which others were said to have been the prey, and nobody is sure of that.
    private func suspectAll(
        _ suspects: [RuleSuspect], _ spent: [RuleSuspect], _ short: inout Shortfall, _ views: RuleViews,
        _ rules: WatchedRuleset
    ) {
        let gone = rules.goneDenials.filter { gone in
            [views.untranslated, views.routed, views.translated].contains { gone.rule.match.answer(to: $0) != .no }
        }
        let sentences =
            suspects.map { suspect in
                let sentence = evidence(rules.rules[suspect.rule], suspect.answer)
                guard reserves.isContested(suspect.rule) else { return sentence }
                return "\(sentence): enough for one only of the sessions that lack such packets"
            }
            + spent.map { "\(evidence(rules.rules[$0.rule], $0.answer)): all of those may be other sessions'" }
            + gone.map { Self.isGone($0.title) }
        short.suspicions += Self.shortened(sentences)
    }

    private static func isGone(_ title: String) -> String { "rule \(title) was there at the beginning, and is gone" }

    /// The first of what rules may have done, and how many more there are.
    static func shortened(_ sentences: [String]) -> [String] {
        let more = sentences.count - greatestEvidence
        guard more > 0 else { return sentences }
        return sentences.prefix(greatestEvidence) + ["\(more) more \(more == 1 ? "rule" : "rules") may have done it"]
    }

    func evidence(_ watched: WatchedRule, _ answer: RuleAnswer) -> String {
        let start = "rule \(watched.title) \(answer == .perhaps ? "may mean" : "means") these packets"
        if let growth = watched.growth { return "\(start), and its counter rose by \(growth.packetCount)" }
        if watched.rule.counters == nil {
            return "\(start); it has no counter that nfmon reads and that counts only what it takes"
        }
        return watched.isNew
            ? "\(start); it is new, and its counter shows \(watched.limit ?? 0)" : "\(start); its counter was set back"
    }

    /// What is to be said where no rule explains it.
    func noRule(_ place: String?) -> [String] {
        guard let chart = search.chart else { return ["the firewall's rules are not known"] }
        let who = chart.isUnderstood ? "no rule" : "no rule that nfmon understands"
        return ["\(who)\(place.map { " \($0)" } ?? "") shows that it took these packets"]
    }
}
