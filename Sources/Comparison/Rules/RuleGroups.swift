/// Which rules are bound together: sets of rules that have none in common, the smaller joined to the larger one.
///
/// Joining and asking cost next to nothing, whatever the order in which rules are joined.
struct RuleGroups {
    /// By rule: the one above it in its set's tree, and itself at the top.
    private var parents: [Int: Int] = [:]
    /// By the rule at the top: how many its set has.
    private var sizes: [Int: Int] = [:]

    /// All rules that were joined with others.
    var rules: Dictionary<Int, Int>.Keys { parents.keys }

    /// Binds these together, with all that each is bound to.
    mutating func join(_ rules: [Int]) {
        guard let first = rules.first else { return }
        for rule in rules { join(first, rule) }
    }

    private mutating func join(_ one: Int, _ other: Int) {
        var (large, small) = (group(of: one), group(of: other))
        for top in [large, small] where parents[top] == nil { (parents[top], sizes[top]) = (top, 1) }
        guard large != small else { return }
        if sizes[large, default: 1] < sizes[small, default: 1] { swap(&large, &small) }
        parents[small] = large
        sizes[large, default: 1] += sizes.removeValue(forKey: small) ?? 1
    }

    /// The rule that stands for its group; one that was never joined stands for itself.
    ///
    /// No tree is deeper than the logarithm of its size, as the smaller one goes below the larger.
    func group(of rule: Int) -> Int {
        var rule = rule
        while let parent = parents[rule], parent != rule { rule = parent }
        return rule
    }
}
