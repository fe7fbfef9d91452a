internal import FlowModel

/// Which rules denied what rules logged as denied.
struct LoggedDenials {
    /// What a prefix says, as of `drop:ssh`.
    private struct Name: Hashable {
        var verdict: Verdict
        var rule: String
    }

    private var deniers: [Name: [Int]] = [:]
    /// By name: the first rule that logs so and behind which none surely refuses what it logs.
    private var passers: [Name: Passer] = [:]

    struct Passer {
        /// Its number in ``WatchedRuleset/rules``.
        var rule: Int
        /// Whether it lets pass what it logs as far as its chain goes; else some may be refused.
        var isSure: Bool
    }

    /// What is known of nothing.
    init() {}

    /// - Parameter groups: those that are read.
    init(_ watched: WatchedRuleset, groups: [UInt16]) {
        var first = 0
        for chain in watched.ruleset.tables.flatMap(\.chains) {
            for (place, rule) in chain.rules.enumerated() {
                for case .log(let group, let prefix) in rule.effects where groups.contains(group) {
                    if let denier = Self.denier(from: place, chain.rules) {
                        deniers[Self.name(prefix), default: []].append(first + denier)
                    } else if passers[Self.name(prefix)] == nil {
                        passers[Self.name(prefix)] = Passer(
                            rule: first + place, isSure: Self.passes(from: place, chain))
                    }
                }
            }
            first += chain.rules.count
        }
    }

    /// The rules that deny what is logged so, by their numbers in ``WatchedRuleset/rules``.
    func deniers(_ verdict: Verdict, _ rule: String) -> [Int] {
        deniers[Name(verdict: verdict, rule: rule)] ?? []
    }

    /// A rule that logs so and lets pass what it logs, or may; `nil` where none does, as far as is known.
    func passer(_ verdict: Verdict, _ rule: String) -> Passer? { passers[Name(verdict: verdict, rule: rule)] }

    private static func name(_ prefix: String) -> Name {
        let bytes = Array(prefix.utf8)
        let parts = RulePrefix(bytes.span)
        return Name(verdict: parts.verdict, rule: String(decoding: bytes[parts.name], as: UTF8.self))
    }

    /// The rule that denies whatever one logs: itself, or the next that decides, where that asks for nothing besides.
    private static func denier(from place: Int, _ rules: [FirewallRule]) -> Int? {
        guard let next = rules[place...].firstIndex(where: { $0.verdict != nil }), rules[next].denies else {
            return nil
        }
        return isMet(next, behind: place, rules) ? next : nil
    }

    /// Whether what a rule logs is accepted by it or behind it, or comes to the end of a hook's chain, and no rule on the way may refuse it.
    private static func passes(from place: Int, _ chain: FirewallChain) -> Bool {
        for number in place..<chain.rules.count {
            switch chain.rules[number].verdict {
            case nil: continue
            case .accept: if isMet(number, behind: place, chain.rules) { return true }
            case .return:
                if isMet(number, behind: place, chain.rules) {
                    let policy = chain.rules.last { $0.isPolicy }
                    return chain.place != nil && policy?.denies != true
                }
            case .drop, .reject, .queue, .jump, .goto, .unknown: return false
            }
        }
        return chain.place != nil
    }

    /// Whether a rule means whatever another one does.
    private static func isMet(_ rule: Int, behind other: Int, _ rules: [FirewallRule]) -> Bool {
        let (asked, logged) = (rules[rule].match, rules[other].match)
        return asked.tests.allSatisfy(logged.tests.contains)
            && asked.conditions.allSatisfy(logged.conditions.contains)
            && asked.steadyConditions.allSatisfy(logged.steadyConditions.contains)
    }
}

extension Comparison {
    /// Gives captured sessions that conntrack does not know what rules logged as denied of their packets: each first that of its own tuple,
    /// then what a rule may have seen of it with another destination.
    mutating func lendAttempts(to sessions: inout [ComparedSession]) {
        for place in sessions.indices { attempts.lend(to: &sessions[place].session) }
        guard search.chart?.translatesDestinations == true else { return }
        for place in sessions.indices where sessions[place].session.denials.isEmpty {
            let views = views(of: DirectionCounts(sessions[place], .original), sessions[place].session)
            if translator(of: views) != nil { attempts.lendTranslated(to: &sessions[place].session) }
        }
    }

    /// Whether one of the rules that log a session's packets as denied is known to let them pass, or may: what shows another end of them
    /// goes first.
    func mayPassWhatIsLogged(_ session: Session) -> Bool { session.denials.contains { passer(of: $0) != nil } }

    /// Whether the rules that log a session's packets as denied all let them pass, as far as their chains go.
    func passesWhatIsLogged(_ session: Session) -> Bool {
        !session.denials.isEmpty && session.denials.allSatisfy { passer(of: $0)?.isSure ?? false }
    }

    private func passer(of denial: Denial) -> LoggedDenials.Passer? {
        loggedDenials.passer(denial.verdict, name(denial.rule))
    }

    /// Why rules that log a session's packets as denied may have let them pass.
    func doubts(aboutLogOf session: Session) -> [String] {
        guard !session.denials.isEmpty else { return [] }
        guard let rules = facts.rules else {
            return ["what the rules do is not known: one that logs so may also let pass"]
        }
        return session.denials.compactMap { denial in
            if let passer = passer(of: denial) {
                let verb = passer.isSure ? "lets" : "may let"
                return "rule \(rules.rules[passer.rule].title) logs so, and \(verb) them pass"
            }
            // Before the second look nobody knows them all.
            guard rules.isFinal else { return nil }
            let deniers = loggedDenials.deniers(denial.verdict, name(denial.rule))
            if deniers.isEmpty { return "no rule that stands there now logs so: what it did with them is not known" }
            guard deniers.allSatisfy({ rules.rules[$0].isNew }) else { return nil }
            return "the rule that logs so is new: what logged so before may have let them pass"
        }
    }

    /// How much of what each rule counted was logged as denied: that explains those sessions, and no others.
    mutating func countLoggedDenials(_ sessions: [ComparedSession]) -> [Int: UInt64] {
        guard let rules = facts.rules, rules.isFinal else { return [:] }
        loggedDenials = LoggedDenials(rules, groups: facts.groups)
        let logged = loggedDenials
        var counts: [Int: UInt64] = [:]
        for compared in sessions {
            for denial in compared.session.denials {
                var deniers = logged.deniers(denial.verdict, name(denial.rule))
                if deniers.count > 1 {
                    // Rules of several chains may log alike: those that these packets come to.
                    let views = views(of: DirectionCounts(compared, .original), compared.session)
                    let met = search.suspects(of: views).filter { $0.deed == .deny }.map(\.rule)
                    let those = deniers.filter(met.contains)
                    if !those.isEmpty { deniers = those }
                }
                for rule in deniers { counts[rule] = (counts[rule] ?? 0).adding(denial.count) }
            }
        }
        return counts
    }
}
