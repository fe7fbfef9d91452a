internal import FlowModel

/// How much each loss and each rule can still account for: what a counter grew by explains no more packets than that.
struct Reserves {
    private var losses: LaneCounts
    /// By place in the facts' list; `nil` of rules whose counter nobody knows.
    private var rules: [UInt64?]
    /// What each rule was said to account for.
    private(set) var uses: [RuleUse]

    init(_ facts: ComparisonFacts) {
        losses = facts.lostCounts
        let watched = facts.rules ?? []
        rules = watched.map { $0.growth?.packetCount }
        uses = watched.map { RuleUse($0) }
    }

    /// Takes up to so many packets of what a lane lost.
    mutating func takeLoss(of lane: Lane, upTo count: UInt64) -> UInt64 {
        let taken = min(count, losses[lane])
        losses[lane] -= taken
        return taken
    }

    /// How many packets a rule can still account for; `nil` where its counter does not say.
    func left(of rule: Int) -> UInt64? { rules[rule] }

    /// Takes up to so many packets of what a rule counted.
    mutating func take(of rule: Int, upTo count: UInt64) -> UInt64 {
        let taken = min(count, rules[rule] ?? .max)
        if let left = rules[rule] { rules[rule] = left - taken }
        uses[rule].packetCount &+= taken
        uses[rule].sessionCount &+= 1
        return taken
    }
}
