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

    init(names: NameTable) { self.names = names }

    /// - Complexity: O(length); allocates only for a prefix that is not among the last seen.
    mutating func rule(of prefix: Span<UInt8>) -> Rule {
        let (place, isNew) = prefixes.place(of: prefix)
        if isNew {
            let parts = RulePrefix(prefix)
            rules[place] = Rule(verdict: parts.verdict, name: names.number(of: prefix.extracting(parts.ruleOffset...)))
        }
        return rules[place]
    }
}
