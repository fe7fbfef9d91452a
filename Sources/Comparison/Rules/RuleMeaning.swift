internal import FlowModel

/// What makes two rules the same: elements of a map are rules of one text.
struct RuleMeaning: Hashable {
    private var text: String
    private var match: RuleMatch
    private var verdict: RuleVerdict?

    init(_ rule: FirewallRule) { (text, match, verdict) = (rule.text, rule.match, rule.verdict) }

    /// Without the text, which each of a map's elements has whole.
    func hash(into hasher: inout Hasher) {
        hasher.combine(text.utf8.count)
        hasher.combine(match)
        hasher.combine(verdict)
    }
}

private struct NamedRule: Hashable {
    var name: String
    var meaning: RuleMeaning

    init(_ rule: FirewallRule) { (name, meaning) = (rule.name, RuleMeaning(rule)) }
}

extension [FirewallRule] {
    /// Of each rule the place where it stood before: by its name, where it means what it did; `nil` of those that were not there.
    ///
    /// Where rules have no handles several may be of one text: then their order tells which is which.
    func places(among before: [FirewallRule]) -> [Int?] {
        var places = Dictionary(grouping: before.indices.reversed()) { NamedRule(before[$0]) }
        return map { places[NamedRule($0)]?.popLast() }
    }
}
