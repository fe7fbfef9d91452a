internal import FlowModel

/// A reader's memory of the prefixes that it read last: few rules log most of the packets.
struct RuleCache {
    /// What a prefix says.
    struct Rule {
        var verdict = Verdict.unknown
        var name = NameID.none
    }

    private let names: NameTable
    private var prefixes = RecentTexts()
    private var rules = [Rule](repeating: Rule(), count: RecentTexts.capacity)
    /// By place: the table's sweeps when it was asked, as in ``NameCache``.
    private var sweeps = [UInt32](repeating: 0, count: RecentTexts.capacity)

    init(names: NameTable) { self.names = names }

    /// - Complexity: O(length); allocates only for a prefix that is not among the last seen.
    mutating func rule(of prefix: Span<UInt8>) -> Rule {
        let (place, isNew) = prefixes.place(of: prefix)
        let sweep = names.sweepCount
        if isNew || sweeps[place] != sweep {
            let parts = RulePrefix(prefix)
            rules[place] = Rule(verdict: parts.verdict, name: names.number(of: prefix.extracting(parts.name)))
            sweeps[place] = sweep
        }
        return rules[place]
    }
}
