internal import FlowModel

/// What becomes of packets that rules log as denied, by what their prefixes say.
struct LoggedDenials {
    /// What a prefix says, as of `drop:ssh`.
    struct Name: Hashable {
        var verdict: Verdict
        var rule: String
    }

    struct Passer {
        /// Its number in ``WatchedRuleset/rules``.
        var rule: Int
        /// Whether it lets pass what it logs as far as its chain goes; else some may be refused.
        var isSure: Bool
    }

    /// What becomes of what is logged under a name, as far as rules that stand at the end tell.
    private struct Fate {
        /// The rules that deny it, by their numbers in ``WatchedRuleset/rules``, and how many rules log so what each of them denies.
        var deniers: [Int: UInt64] = [:]
        /// The first rule that logs so and behind which none surely refuses what it logs.
        var passer: Passer?
        /// Why other rules may have logged so before, or have let it pass.
        var doubt: String?
        /// Whether a rule logged so that was there from the beginning.
        var hasKeptLogger = false
        /// What the rules mean that log so.
        var matches: [RuleMatch] = []
    }

    private var fates: [Name: Fate] = [:]

    /// What is known of nothing.
    init() {}

    /// - Parameter groups: those that are read.
    init(_ watched: WatchedRuleset, groups: [UInt16]) {
        var first = 0
        for (number, chain) in watched.ruleset.tables.flatMap(\.chains).enumerated() {
            let watch = watched.rules[first..<first + chain.rules.count]
            add(chain, watch, hasChanged: watched.changedChains.contains(number), groups)
            first += chain.rules.count
        }
        for (name, fate) in fates where !fate.hasKeptLogger {
            fates[name]?.doubt = "the rule that logs so is new: what logged so before may have let them pass"
        }
        for gone in watched.goneLogs where !gone.rule.denies {
            for name in Self.names(gone.rule, groups) where fates[name] != nil {
                fates[name]?.doubt =
                    "rule \(gone.title), which logged so, too, is gone: what it did with them is not known"
            }
        }
    }

    /// - Parameters:
    ///   - watch: the chain's rules as they are in ``WatchedRuleset/rules``, with their numbers there.
    ///   - hasChanged: whether rules of the chain were gone at the end, or stood elsewhere.
    private mutating func add(
        _ chain: FirewallChain, _ watch: ArraySlice<WatchedRule>, hasChanged: Bool, _ groups: [UInt16]
    ) {
        for (place, rule) in chain.rules.enumerated() {
            let number = watch.startIndex + place
            for name in Self.names(rule, groups) {
                var fate = fates[name] ?? Fate()
                if !watch[number].isNew { fate.hasKeptLogger = true }
                fate.matches.append(rule.match)
                if let denier = Self.denier(from: place, chain.rules) {
                    fate.deniers[watch.startIndex + denier, default: 0] += 1
                    // One that denies by itself does so whatever stood behind it.
                    if denier != place {
                        let doubt = Self.doubt(watch[number], before: watch[watch.startIndex + denier], hasChanged)
                        fate.doubt = doubt ?? fate.doubt
                    }
                } else if fate.passer == nil {
                    fate.passer = Passer(rule: number, isSure: Self.passes(from: place, chain))
                }
                fates[name] = fate
            }
        }
    }

    /// Why what one rule logs another one behind it may not always have denied.
    private static func doubt(_ logger: WatchedRule, before denier: WatchedRule, _ hasChanged: Bool) -> String? {
        if denier.isNew, !logger.isNew { return "rule \(denier.title), which refuses what is logged so, is new" }
        guard hasChanged else { return nil }
        return
            "rules of its chain were gone, or stood elsewhere, at the end: what came behind rule \(logger.title) is not known"
    }

    private static func names(_ rule: FirewallRule, _ groups: [UInt16]) -> [Name] {
        rule.effects.compactMap { effect in
            guard case .log(let group, let prefix) = effect, groups.contains(group) else { return nil }
            return name(prefix)
        }
    }

    private static func name(_ prefix: String) -> Name {
        let bytes = Array(prefix.utf8)
        let parts = RulePrefix(bytes.span)
        return Name(verdict: parts.verdict, rule: String(decoding: bytes[parts.name], as: UTF8.self))
    }

    /// The rules that deny what is logged so, by their numbers in ``WatchedRuleset/rules``, and how many of so many packets each did at least,
    /// if it is the one.
    func deniers(_ name: Name, of count: UInt64) -> [Int: UInt64] {
        (fates[name]?.deniers ?? [:]).mapValues { Self.share(count, of: $0) }
    }

    /// How many packets so many rules logged at least, that each logged some of them.
    private static func share(_ count: UInt64, of loggers: UInt64) -> UInt64 {
        count / loggers + (count % loggers > 0 ? 1 : 0)
    }

    /// A rule that logs so and lets pass what it logs, or may; `nil` where none does, as far as is known.
    func passer(_ name: Name) -> Passer? { fates[name]?.passer }

    /// Why rules that are gone, or stood elsewhere, may have let pass what was logged so; `nil` where nothing shows that.
    func doubt(_ name: Name) -> String? {
        guard let fate = fates[name] else {
            return "no rule that stands there now logs so: what it did with them is not known"
        }
        return fate.doubt
    }

    /// How many packets were denied at least where so many were logged under each of these names: several rules may have logged one packet.
    func leastCount(_ logged: [(name: Name, count: UInt64)]) -> UInt64 {
        var met: Set<Int> = []
        var areApart = true
        var counts: [UInt64] = []
        for (name, count) in logged {
            let deniers = fates[name]?.deniers ?? [:]
            if deniers.isEmpty || !met.isDisjoint(with: deniers.keys) { areApart = false }
            met.formUnion(deniers.keys)
            counts.append(Self.share(count, of: deniers.values.max() ?? 1))
        }
        // What one rule denies comes to no other.
        return areApart ? counts.reduce(0) { $0.adding($1) } : counts.max() ?? 0
    }

    /// How many packets one rule denied at most where so many were logged under each of these names: what means only what another one means
    /// logged the same packets.
    func greatestCount(_ logged: [Name: UInt64]) -> UInt64 {
        var added: [[RuleMatch]] = []
        var sum: UInt64 = 0
        for (name, count) in logged.sorted(by: { $0.value > $1.value }) {
            let own = fates[name]?.matches ?? []
            let isCounted = added.contains { others in
                own.allSatisfy { one in others.contains { Self.means($0, all: one) || Self.means(one, all: $0) } }
            }
            if !isCounted { (added, sum) = (added + [own], sum.adding(count)) }
        }
        return sum
    }

    /// Where packets go on that are logged.
    enum Course {
        case denied(by: Set<Int>)
        /// Others may log them, too.
        case onward
        case unknown
    }

    func course(_ names: [Name]) -> Course {
        var deniers: Set<Int> = []
        for name in names {
            guard let fate = fates[name] else { return .unknown }
            if fate.passer != nil { return .onward }
            deniers.formUnion(fate.deniers.keys)
        }
        return .denied(by: deniers)
    }

    /// The rule that denies whatever one logs: itself, or the next that decides, where that asks for nothing besides.
    private static func denier(from place: Int, _ rules: [FirewallRule]) -> Int? {
        let next = rules[place...].firstIndex { $0.verdict != nil && !areApart($0.match, rules[place].match) }
        guard let next, rules[next].denies else { return nil }
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
            case .drop, .reject, .queue, .jump, .goto, .unknown:
                if !areApart(chain.rules[number].match, chain.rules[place].match) { return false }
            }
        }
        return chain.place != nil
    }

    /// Whether a rule means whatever another one does.
    private static func isMet(_ rule: Int, behind other: Int, _ rules: [FirewallRule]) -> Bool {
        means(rules[rule].match, all: rules[other].match)
    }

    private static func means(_ asked: RuleMatch, all logged: RuleMatch) -> Bool {
        asked.tests.allSatisfy(logged.tests.contains)
            && asked.conditions.allSatisfy(logged.conditions.contains)
            && asked.steadyConditions.allSatisfy(logged.steadyConditions.contains)
    }

    /// Whether no packet is what both mean.
    private static func areApart(_ one: RuleMatch, _ other: RuleMatch) -> Bool {
        one.tests.contains { test in other.tests.contains { test.excludes($0) } }
    }
}

extension RuleMatch.Test {
    /// Whether what passes this one surely does not pass the other.
    fileprivate func excludes(_ other: RuleMatch.Test) -> Bool {
        guard !isNegated, !other.isNegated else { return false }
        switch (subject, other.subject) {
        case (.family(let one), .family(let other)): return one != other
        case (.transport(let some), .transport(let others)): return Set(some).isDisjoint(with: others)
        case (.sourcePort(let some), .sourcePort(let others)),
            (.destinationPort(let some), .destinationPort(let others)):
            return !some.contains { range in others.contains { $0.overlaps(range) } }
        default: return false
        }
    }
}
