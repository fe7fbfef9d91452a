internal import FlowModel

// Which rule can have done it.

extension Comparison {
    func views(of counts: DirectionCounts, _ session: Session) -> RuleViews {
        let (original, reply) = (session.record.original.withoutZone, session.record.reply.withoutZone)
        let isOriginal = counts.direction == .original
        // The other tuple turned round is what this direction's packets look like when they leave.
        let (first, last) = isOriginal ? (original, reply.inverse) : (reply, original.inverse)
        var middle = first
        middle.destination = last.destination
        if !first.transport.isICMP { middle.destinationPort = last.destinationPort }
        let comeIn = counts.entering.map { $0.counts.whole.packetCount > 0 } ?? false
        let leave = counts.leaving.map { $0.counts.whole.packetCount > 0 } ?? false
        func name(_ known: InterfaceIndex?, _ logged: InterfaceIndex) -> String? {
            let index = known.flatMap { $0 == 0 ? nil : $0 } ?? logged
            return index == 0 ? nil : interface(index)
        }
        let inName =
            comeIn ? name(counts.entering?.interface, counts.path.inInterface) : name(nil, counts.path.inInterface)
        let outName = name(leave ? counts.leaving?.interface : nil, counts.path.outInterface)
        func view(_ tuple: FlowKey) -> PacketView {
            PacketView(tuple: tuple, inInterface: inName, outInterface: outName)
        }
        return RuleViews(
            untranslated: view(first), routed: view(middle), translated: view(last), comeIn: comeIn, leave: leave)
    }

    /// Whether a rule means these packets, at the place where it does most.
    func answer(_ rule: FirewallRule, _ views: RuleViews, where isWanted: (HookPlace) -> Bool) -> (
        RuleAnswer, HookPlace
    )? {
        let answers = rule.places.filter(isWanted).compactMap { place in
            views.view(at: place).map { (rule.match.answer(to: $0), place) }
        }
        guard let best = answers.max(by: { $0.0 < $1.0 }), best.0 != .no else { return nil }
        return (rule.isBehindConditions || rule.isPolicy ? min(best.0, .perhaps) : best.0, best.1)
    }

    /// Accounts for what rules dropped or kept from conntrack: first by those that surely mean the packets and whose counters show it.
    ///
    /// - Parameters:
    ///   - isSure: leaves out rules that may mean other packets, and those without counters.
    ///   - reason: what a drop at a place amounts to, `nil` where it does not matter here.
    mutating func accountForRules(
        _ short: inout Shortfall, _ views: RuleViews, ifSure isSure: Bool = false,
        _ reason: (HookPlace) -> DifferenceReason?
    ) {
        guard let rules = facts.rules, !short.isAccountedFor else { return }
        var candidates: [Candidate] = []
        for (index, watched) in rules.enumerated() {
            let untracks = watched.rule.effects.contains(.untrack)
            guard watched.rule.denies || untracks, reserves.left(of: index) != 0 else { continue }
            let found = answer(watched.rule, views) { untracks ? $0.isBeforeConntrack : reason($0) != nil }
            guard let (answer, place) = found else { continue }
            let isCounted = watched.growth != nil
            // Nothing shows that it did anything, nor that it means these packets: that is no reason.
            if !isCounted, answer == .perhaps {
                if !isSure, short.suspicions.count < 3 { short.suspicions += evidence(watched, answer) }
                continue
            }
            if isSure, answer != .yes || !isCounted { continue }
            candidates.append(
                Candidate(
                    index: index, answer: answer, isCounted: isCounted, isPolicy: watched.rule.isPolicy,
                    reason: untracks ? .untracked : reason(place) ?? .unexplained))
        }
        let missing = short.rest.packetCount
        candidates.sort { left, right in
            if left.isPolicy != right.isPolicy { return right.isPolicy }
            if left.answer != right.answer { return left.answer > right.answer }
            if left.isCounted != right.isCounted { return left.isCounted }
            // Of counters, the one that shows all that is missing.
            let (a, b) = (
                (reserves.left(of: left.index) ?? 0) >= missing, (reserves.left(of: right.index) ?? 0) >= missing
            )
            return a == b ? left.index < right.index : a
        }
        for candidate in candidates where !short.isAccountedFor {
            let watched = rules[candidate.index]
            let taken = reserves.take(of: candidate.index, upTo: short.rest.packetCount)
            short.account(candidate.reason, for: taken, evidence(watched, candidate.answer))
        }
    }

    private struct Candidate {
        var index: Int
        var answer: RuleAnswer
        var isCounted: Bool
        var isPolicy: Bool
        var reason: DifferenceReason
    }

    private func evidence(_ watched: WatchedRule, _ answer: RuleAnswer) -> [String] {
        var text = "rule \(watched.title)"
        if answer == .perhaps { text += " may mean these packets" } else { text += " means these packets" }
        if let growth = watched.growth {
            text += ", and its counter rose by \(growth.packetCount)"
        } else {
            text += "; it has no counter that would show it"
        }
        return [text]
    }

    /// What is to be said where no rule explains it.
    func noRule(_ place: String?) -> [String] {
        guard facts.rules != nil else { return ["the firewall's rules are not known"] }
        return ["no rule\(place.map { " \($0)" } ?? "") that may drop these packets has counted any more"]
    }
}
