internal import FlowModel
internal import Wire

/// A reader's memory of the prefixes that it read last: one rule mostly logs many packets in a row.
struct RuleCache {
    /// What a prefix says.
    struct Rule {
        var verdict = Verdict.unknown
        var name = NameID.none
    }

    private var names: NameCache
    private var lastPrefix: [UInt8] = []
    private var lastRule = Rule()

    init(names: NameTable) { self.names = NameCache(table: names) }

    /// - Complexity: O(length).
    mutating func rule(of prefix: Span<UInt8>) -> Rule {
        if isLast(prefix) { return lastRule }
        let parts = RulePrefix(prefix)
        lastRule = Rule(verdict: parts.verdict, name: names.number(of: prefix.extracting(parts.ruleOffset...)))
        lastPrefix = [UInt8](copying: prefix)
        return lastRule
    }

    private func isLast(_ prefix: Span<UInt8>) -> Bool {
        guard prefix.count == lastPrefix.count else { return false }
        for offset in 0..<lastPrefix.count where lastPrefix[offset] != prefix[offset] { return false }
        return true
    }
}
