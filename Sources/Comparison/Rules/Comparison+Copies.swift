internal import FlowModel

// Copies that rules make of packets, and send elsewhere: conntrack counts none, and what they are made of may be dropped all the same.

extension Comparison {
    /// Accounts for what left more than came in, as far as rules made copies.
    ///
    /// A rule that surely means the packets made as many as its counter rose by; one that may mean them, only where it alone rose by all
    /// that is missing.
    mutating func accountForCopies(_ short: inout Shortfall, _ views: RuleViews) {
        guard let rules = facts.rules else { return }
        let copiers = search.suspects(of: views).filter { copies($0) }
        for suspect in copiers where suspect.answer == .yes && !short.isAccountedFor {
            takeCopies(suspect, &short, views, rules)
        }
        guard !short.isAccountedFor else { return }
        let doubtful = copiers.filter { $0.answer != .yes }
        let able = doubtful.filter { mayHaveCopied(short.rest.packetCount, $0, rules) }
        if able.count == 1 { return takeCopies(able[0], &short, views, rules) }
        short.suspicions += doubtful.map { copySentence($0) }
    }

    /// Whether the counter of a rule that may mean other packets shows that it can have copied so many.
    private func mayHaveCopied(_ count: UInt64, _ suspect: RuleSuspect, _ rules: WatchedRuleset) -> Bool {
        let watched = rules.rules[suspect.rule]
        guard watched.growth != nil else { return false }
        let left =
            watched.rule.denies
            ? reserves.leftToCopy(of: suspect.rule) ?? 0 : reserves.unclaimed(of: suspect.rule)
        return left >= count
    }

    private mutating func takeCopies(
        _ suspect: RuleSuspect, _ short: inout Shortfall, _ views: RuleViews, _ rules: WatchedRuleset
    ) {
        let watched = rules.rules[suspect.rule]
        let isSure = suspect.answer == .yes
        let missing = short.rest.packetCount
        // What a rule denies besides it counts once, and denies all of it.
        let made =
            watched.rule.denies
            ? reserves.takeCopies(of: suspect.rule, upTo: missing)
            : reserves.take(of: suspect.rule, upTo: missing, by: views.untranslated.tuple, isSure: isSure)
        short.account(
            .untracked, for: made, isCertain: isSure && watched.growth != nil && !reserves.isShort(suspect.rule),
            ["conntrack does not count copies that rules make (dup, TEE)", copySentence(suspect)])
    }

    /// Accounts for packets that conntrack does not know and that seem to have left, where copies of them may have and a rule surely denies them.
    mutating func accountForDeniedBehindCopies(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session, _ refusals: inout Refusals
    ) {
        guard !short.isAccountedFor else { return }
        let views = views(of: counts, session)
        guard let suspect = search.suspects(of: views).first(where: { copies($0) }) else { return }
        let before = reserves.rejectedCount
        var denied = Shortfall(short.direction, short.more, short.fewer, short.rest)
        accountForRules(&denied, self.views(of: counts.unsent, session), ifSure: true, untracks: false, Self.reason)
        refusals.noteRejected(reserves.rejectedCount - before, counts.direction)
        for part in denied.found {
            short.account(
                part.reason, for: part.packetCount, isCertain: false, part.evidence + [copySentence(suspect)])
        }
    }

    /// Whether a rule made copies of packets, or may have.
    func copies(_ suspect: RuleSuspect) -> Bool {
        suspect.deed == .copy && facts.rules?.rules[suspect.rule].limit != 0
    }

    func copySentence(_ suspect: RuleSuspect) -> String {
        guard let watched = facts.rules?.rules[suspect.rule] else { return "" }
        return "\(evidence(watched, suspect.answer)): what left may be copies"
    }
}
