internal import FlowModel

// What rules refused, as their log says: proof only where what logs so surely refuses.
//
// Who accounts for missing packets asks for denials up to three times: first where they are proof; then, behind what other rules surely
// took, where they may be one; last where rules that log so may let pass, behind all that shows another end of the packets.

extension Comparison {
    /// What rules refused, as they logged it.
    ///
    /// - Parameters:
    ///   - isCertain: whether the log is proof here.
    ///   - isButPassed: leaves out what rules logged that surely let it pass, as far as their chains go.
    mutating func accountForDenials(
        _ short: inout Shortfall, _ session: Session, _ refusals: inout Refusals, isCertain: Bool = true,
        butPassed isButPassed: Bool = false
    ) {
        let direction = short.direction
        let denials = session.denials.filter {
            $0.count(of: direction) > 0 && (!isButPassed || passer(of: $0)?.isSure != true)
        }
        guard refusals.loggedCount(direction) > 0, !denials.isEmpty else { return }
        let most = isButPassed ? denials.reduce(UInt64(0)) { $0.adding($1.count(of: direction)) } : .max
        let taken = refusals.takeLogged(
            direction, upTo: min(short.rest.packetCount, most), isCertain: isCertain)
        let others = refusals.mayBeOthers ? [Self.others] : []
        let isProof = isCertain && others.isEmpty && doubts(aboutLogOf: denials).isEmpty
        short.account(.denied, for: taken, isCertain: isProof, logged(denials, direction) + others)
    }

    /// What rules logged as denied of a session, and what speaks against that.
    func logged(_ session: Session) -> [String] { logged(Array(session.denials), nil) }

    private func logged(_ denials: [Denial], _ direction: FlowDirection?) -> [String] {
        denials.map { denial in
            let name = denial.rule.isNone ? "a rule" : "rule \(name(denial.rule))"
            let count = direction.map { denial.count(of: $0) } ?? denial.count
            let verdict = denial.verdict.keyword ?? "denied"
            return "\(name) logged that it denied \(count.counted("packet")) (\(verdict))"
        } + doubts(aboutLogOf: denials)
    }

    /// What rules refused of a session, before anything accounts for it.
    func refusals(_ compared: ComparedSession) -> Refusals {
        let logged = compared.session.denials.map { (logName($0), $0.count) }
        return Refusals(
            compared.session, sureCount: loggedDenials.leastCount(logged),
            answerable: answerableCount(compared.session), mayBeOthers: compared.sharesDenials)
    }

    /// How many packets of a session were logged by rules that answer what they refuse: by the prefix, or as the rules do that log so.
    func answerableCount(_ session: Session) -> UInt64 {
        session.denials.reduce(0) { answers($1) ? $0.adding($1.count) : $0 }
    }

    private func answers(_ denial: Denial) -> Bool {
        guard denial.verdict != .reject, let rules = facts.rules?.rules else { return denial.verdict == .reject }
        return loggedDenials.deniers(logName(denial), of: denial.count).keys.contains {
            rules[$0].rule.verdict == .reject
        }
    }

    private static var others: String {
        "it may be the log of other sessions of this source: several ports are told together, and no destination from before a translation"
    }

    /// Whether rules logged no more packets as denied than did not leave, and none of them lets them pass: else what they log also passes.
    func denialsAreProof(_ counts: DirectionCounts, _ session: Session, _ refusals: Refusals) -> Bool {
        guard facts.rules != nil, !refusals.mayBeOthers, !mayPassWhatIsLogged(session) else { return false }
        guard facts.isWhole(.packet), let entered = counts.entering?.counts.whole,
            let left = counts.leaving?.counts.whole
        else { return true }
        return session.denials.packetCount(of: counts.direction) <= entered.since(left).packetCount
    }

    /// Whether one of the rules that log a session's packets as denied is known to let them pass, or may: what shows another end of them
    /// goes first.
    func mayPassWhatIsLogged(_ session: Session) -> Bool { session.denials.contains { passer(of: $0) != nil } }

    func logName(_ denial: Denial) -> LoggedDenials.Name {
        LoggedDenials.Name(verdict: denial.verdict, rule: name(denial.rule))
    }

    private func passer(of denial: Denial) -> LoggedDenials.Passer? { loggedDenials.passer(logName(denial)) }

    /// Why rules that log packets as denied may have let them pass.
    private func doubts(aboutLogOf denials: [Denial]) -> [String] {
        guard !denials.isEmpty else { return [] }
        guard let rules = facts.rules else {
            return ["what the rules do is not known: one that logs so may also let pass"]
        }
        return denials.reduce(into: []) { doubts, denial in
            let doubt = doubt(about: denial, isOneOfSeveral: denials.count > 1, rules)
            if let doubt, !doubts.contains(doubt) { doubts.append(doubt) }
        }
    }

    private func doubt(about denial: Denial, isOneOfSeveral: Bool, _ rules: WatchedRuleset) -> String? {
        if let passer = passer(of: denial) {
            let verb = passer.isSure ? "lets" : "may let"
            return "rule \(rules.rules[passer.rule].title) logs so, and \(verb) them pass"
        }
        // Before the second look nobody knows them all.
        guard rules.isFinal else { return nil }
        guard let doubt = loggedDenials.doubt(logName(denial)) else { return rules.transience }
        return isOneOfSeveral && !denial.rule.isNone ? "rule \(name(denial.rule)): \(doubt)" : doubt
    }
}
