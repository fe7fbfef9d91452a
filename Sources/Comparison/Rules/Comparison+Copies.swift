internal import FlowModel

// Copies that rules make of packets, and send elsewhere: conntrack counts none, and what they are made of may be dropped all the same.

extension Comparison {
    /// Accounts for what left more than came in, as far as rules made copies.
    mutating func accountForCopies(_ short: inout Shortfall, _ views: RuleViews) {
        guard let rules = facts.rules else { return }
        for suspect in search.suspects(of: views) where copies(suspect) && !short.isAccountedFor {
            let watched = rules.rules[suspect.rule]
            // Of what nobody counts only a rule that surely means these packets shows anything.
            guard suspect.answer == .yes || watched.growth != nil else {
                short.suspicions.append(copySentence(suspect))
                continue
            }
            // What a rule denies besides it counts once, and denies all of it.
            let missing = short.rest.packetCount
            let made =
                watched.rule.denies
                ? min(missing, watched.limit ?? .max)
                : reserves.take(of: suspect.rule, upTo: missing, isSure: suspect.answer == .yes)
            short.account(
                .untracked, for: made, isCertain: suspect.answer == .yes && watched.growth != nil,
                ["conntrack does not count copies that rules make (dup, TEE)", copySentence(suspect)])
        }
    }

    /// Accounts for packets that conntrack does not know and that seem to have left, where copies of them may have and a rule surely denies them.
    mutating func accountForCopied(
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
