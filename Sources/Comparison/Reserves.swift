internal import FlowModel

/// How much each loss and each rule can still account for: what a counter grew by explains no more packets than that.
struct Reserves {
    private var losses: LaneCounts
    /// Packets of which conntrack could make nothing.
    private var invalid: UInt64
    /// Packets that the host was said to have dropped itself, by the counter's name.
    private var dropped: [String: UInt64] = [:]
    /// By place in the facts' list; `nil` of rules whose counter nobody knows.
    private var rules: [UInt64?]
    /// By rule: what it surely took of sessions that are still to be explained. One of which it only may have taken something waits.
    private var claims: [UInt64]
    /// Rules that surely mean more packets of which nobody knows where they went than they counted: whose they took nobody can tell.
    private var shortRules: Set<Int> = []
    /// By rule: what one session lacks of which it may have taken something, where that is just what it counted. Others wait for it.
    private var fits: [Int: Fit]
    /// By rule: the packets of which it may have taken some, where those of one session only do.
    private var preys: [Int: Prey]
    /// What each rule was said to account for.
    private(set) var uses: [RuleUse]
    /// Packets that rules were said to have rejected: each may have been answered.
    private(set) var rejectedCount: UInt64 = 0
    /// By rule: of how many packets that it counted copies were found. What it denies of them is another matter.
    private var copied: [Int: UInt64] = [:]
    /// What several rules may have taken alike.
    private var rivals = RivalRules()
    /// Whether sessions lack what rules only may have taken: whose it is shows a trial.
    private(set) var needsTrial = false
    /// Rules of which something was said to have been taken by sessions that only may have lacked it for them.
    private var doubtfulRules: Set<Int> = []
    let stage: Stage
    /// Whether nothing is taken yet.
    var isDraft: Bool { stage != .final }

    enum Stage {
        /// Sessions are only asked whether there is something to explain, as the end will tell more.
        case question
        /// What rules surely took is noted.
        case draft
        /// That is known, and what several rules may have taken alike is noted.
        case trial
        case final
    }

    /// - Parameters:
    ///   - draft: what sessions draw on for sure.
    ///   - logged: how much of what rules counted is explained by their log.
    init(_ facts: ComparisonFacts, _ stage: Stage, after draft: Reserves? = nil, butFor logged: [Int: UInt64] = [:]) {
        self.stage = stage
        losses = facts.missingCounts
        // Of rules' packets there may be any number; what else a capture lacks has reasons of its own.
        if facts.uncountedCounts.nflog > 0 { losses.nflog = .max }
        invalid = facts.failures.map { $0.invalid &+ $0.drops &+ $0.failedInserts } ?? 0
        let watched = facts.rules?.rules ?? []
        rules = watched.enumerated().map { number, rule in
            rule.limit.map { $0 - min($0, logged[number] ?? 0) }
        }
        uses = watched.map { RuleUse($0) }
        claims = draft?.claims ?? watched.map { _ in 0 }
        fits = draft?.fits ?? [:]
        preys = draft?.preys ?? [:]
        if stage == .final, let draft, draft.stage == .trial { rivals = draft.rivals }
        if stage == .final {
            shortRules = Set(claims.indices.filter { number in rules[number].map { claims[number] > $0 } ?? false })
        }
    }

    /// What one session lacks, and whose packets they are.
    private struct Fit {
        var tuple: FlowKey
        var count: UInt64
    }

    private enum Prey {
        case one(FlowKey)
        case several
    }

    /// Notes in a draft that a rule may have taken some of these packets.
    mutating func notePrey(_ tuple: FlowKey, of rule: Int) {
        guard stage == .draft else { return }
        guard let known = preys[rule] else { return preys[rule] = .one(tuple) }
        if case .one(tuple) = known { return }
        preys[rule] = .several
    }

    /// Whether no other session lacks packets that a rule may have taken.
    func isOnlyPrey(_ tuple: FlowKey, of rule: Int) -> Bool {
        if case .one(tuple) = preys[rule] { true } else { false }
    }

    /// Takes up to so many packets of what a lane lost.
    mutating func takeLoss(of lane: Lane, upTo count: UInt64) -> UInt64 {
        let taken = min(count, losses[lane])
        if !isDraft { losses[lane] -= taken }
        return taken
    }

    /// Takes up to so many packets of what conntrack could make nothing of.
    mutating func takeInvalid(upTo count: UInt64) -> UInt64 {
        let taken = min(count, invalid)
        if !isDraft { invalid -= taken }
        return taken
    }

    /// How many packets that the host dropped itself are not accounted for.
    func left(of drop: HostDrops.Drop) -> UInt64 { drop.count.lacking(dropped[drop.name] ?? 0) }

    /// Takes up to so many of these.
    mutating func take(of drop: HostDrops.Drop, upTo count: UInt64) -> UInt64 {
        let taken = min(count, left(of: drop))
        if !isDraft { dropped[drop.name, default: 0] += taken }
        return taken
    }

    /// How many packets a rule can still account for; `nil` where its counter does not say.
    func left(of rule: Int) -> UInt64? { rules[rule] }

    /// How many of these no other session surely needs.
    func unclaimed(of rule: Int) -> UInt64 { rules[rule].map { $0 - min($0, claims[rule]) } ?? 0 }

    /// Whether a rule that may have taken so many packets can have done so, others that it fits better left out.
    func mayHaveTaken(_ count: UInt64, of tuple: FlowKey, by rule: Int) -> Bool {
        let unclaimed = unclaimed(of: rule)
        // A session may lack less by now than all that the rule took of it: a part its log explains.
        var others: UInt64 = 0
        // What others surely took after it was noted, it did not take of that one.
        if let fit = fits[rule], fit.count <= unclaimed, fit.count != count, fit.tuple != tuple { others = fit.count }
        return unclaimed >= others && unclaimed - others >= count
    }

    /// Notes in a draft that only this rule may have taken so many packets, and counted just these.
    mutating func noteFit(_ count: UInt64, of tuple: FlowKey, by rule: Int) {
        if stage == .draft, unclaimed(of: rule) == count { fits[rule] = Fit(tuple: tuple, count: count) }
    }

    /// Notes before the end that each of these rules may have taken so many packets.
    mutating func noteRivals(_ claim: RivalRules.Claim, at place: RivalRules.Place) {
        switch stage {
        case .draft: needsTrial = true
        case .trial: rivals.note(claim, at: place)
        case .question, .final: break
        }
    }

    /// Notes before the end that one of these rules may have taken packets of which nothing more can be said.
    mutating func noteOpenRivals(_ rules: [Int]) {
        switch stage {
        case .draft: needsTrial = needsTrial || !rules.isEmpty
        case .trial: rivals.noteOpen(rules)
        case .question, .final: break
        }
    }

    /// Leaves out rivals of which the counters show nothing.
    ///
    /// - Parameter isWhole: whether no session is left out that the rules may have counted, too.
    mutating func settleRivals(isWhole: Bool) { rivals.settle(isWhole: isWhole, unclaimed) }

    /// Takes so many packets of what several rules counted, where any of them may have taken these.
    mutating func takeRivals(_ count: UInt64, at place: RivalRules.Place) -> RivalRules.Claim? {
        guard stage == .final, let claim = rivals.take(count, at: place),
            claim.rules.reduce(0, { $0.adding(unclaimed(of: $1)) }) >= count
        else { return nil }
        // What other sessions need least goes first; of rules with as much to spare the one that is met first.
        let rules = claim.rules.sorted { first, second in
            let (one, other) = (spare(of: first), spare(of: second))
            return one == other ? first < second : one > other
        }
        var rest = count
        for rule in rules {
            let taken = min(rest, unclaimed(of: rule))
            if let left = self.rules[rule] { self.rules[rule] = left - taken }
            rest -= taken
        }
        if claim.rules.allSatisfy({ uses[$0].watched.rule.verdict == .reject }) { rejectedCount &+= count }
        return claim
    }

    /// How much of what a rule counted nobody needs of whom it alone is suspected.
    func spare(of rule: Int) -> UInt64 { unclaimed(of: rule).lacking(rivals.ownPrey(of: rule)) }

    /// Whether a rule took packets of one only of several sessions, and nobody can tell which.
    func isContested(_ rule: Int) -> Bool { stage == .final && rivals.contestedRules.contains(rule) }

    /// Whether sessions lack more altogether that a rule surely means than it counted.
    func isShort(_ rule: Int) -> Bool { shortRules.contains(rule) }

    /// Whether nothing of a rule's counter is left as sessions took it of which nobody surely knows that it was theirs.
    func isDoubtfullySpent(_ rule: Int) -> Bool { rules[rule] == 0 && doubtfulRules.contains(rule) }

    /// How many more packets a rule that also denies them can have copied; `nil` where its counter does not say.
    func leftToCopy(of rule: Int) -> UInt64? { uses[rule].watched.limit.map { $0.lacking(copied[rule] ?? 0) } }

    /// Takes up to so many copies that such a rule made.
    mutating func takeCopies(of rule: Int, upTo count: UInt64) -> UInt64 {
        let taken = min(count, leftToCopy(of: rule) ?? .max)
        if !isDraft { copied[rule] = (copied[rule] ?? 0).adding(taken) }
        return taken
    }

    /// Takes up to so many packets of what a rule counted.
    ///
    /// - Parameter tuple: whose packets they are.
    mutating func take(of rule: Int, upTo count: UInt64, by tuple: FlowKey, isSure: Bool) -> UInt64 {
        let taken = min(count, rules[rule] ?? .max)
        if isSure, rules[rule] != nil {
            switch stage {
            case .draft: claims[rule] = claims[rule].adding(taken)
            case .question, .trial: break
            case .final: claims[rule] -= min(claims[rule], taken)
            }
        } else {
            switch stage {
            case .question: break
            case .draft: needsTrial = true
            // Of one without a counter there is any number.
            case .trial: if rules[rule] != nil { rivals.noteOwnPrey(taken, of: rule) }
            case .final:
                rivals.release(taken, of: rule)
                doubtfulRules.insert(rule)
            }
        }
        guard !isDraft else { return taken }
        // Nobody else waits any more, though this was less than all that it lacked.
        if fits[rule]?.tuple == tuple { fits[rule] = nil }
        if let left = rules[rule] { rules[rule] = left - taken }
        uses[rule].packetCount &+= taken
        uses[rule].sessionCount &+= 1
        if uses[rule].watched.rule.verdict == .reject { rejectedCount &+= taken }
        return taken
    }
}
