internal import FlowModel

// What any of several rules may have taken, and nobody can tell which.

extension Comparison {
    /// Notes that any of several rules may have taken what is missing, or the one that denies beside others that may let pass.
    mutating func noteRivals(
        _ able: [Suspicion], fitsEach: Bool, _ short: Shortfall, _ views: RuleViews
    ) {
        let rules = able.map(\.suspect.rule)
        let reasons = Set(able.map(\.reason))
        guard 2...RivalRules.greatestCount ~= able.count, reasons.count == 1, let reason = reasons.first else {
            return reserves.noteOpenRivals(rules)
        }
        let claim = RivalRules.Claim(
            rules: rules, reason: reason, packetCount: short.rest.packetCount, fitsEach: fitsEach)
        reserves.noteRivals(
            claim, at: RivalRules.Place(tuple: views.untranslated.tuple, more: short.more, fewer: short.fewer))
    }

    /// Accounts for what any of several rules may have taken, without a word of which.
    ///
    /// - Parameter others: rules that may have as well, and that nobody counts.
    mutating func takeRivals(
        _ short: inout Shortfall, _ views: RuleViews, _ others: [RuleSuspect], _ rules: WatchedRuleset
    ) -> Bool {
        let place = RivalRules.Place(tuple: views.untranslated.tuple, more: short.more, fewer: short.fewer)
        guard let claim = reserves.takeRivals(short.rest.packetCount, at: place) else { return false }
        let head =
            claim.fitsEach
            ? "one of these rules may have taken them, as each counted just as many"
            : "one of these rules may have taken them, or several, as together they counted just what is missing of all that each may mean"
        let sentences = claim.rules.map { evidence(rules.rules[$0], .perhaps) }
        short.account(
            claim.reason, isCertain: false, [head] + Self.shortened(sentences) + Self.uncounted(others, rules))
        return true
    }

    /// What is said of rules that may have taken packets as well, and whose counters tell nothing of it.
    private static func uncounted(_ others: [RuleSuspect], _ rules: WatchedRuleset) -> [String] {
        guard !others.isEmpty else { return [] }
        var titles = others.prefix(greatestEvidence).map { "rule \(rules.rules[$0.rule].title)" }
        if others.count > titles.count { titles.append("\(others.count - titles.count) more") }
        return ["rules without a counter may have as well: \(titles.joined(separator: "; "))"]
    }
}
