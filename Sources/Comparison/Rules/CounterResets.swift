internal import FlowModel

/// Which chains' counters began anew between two looks: the legacy iptables replaces a table as a whole, `iptables -Z` and `nft reset` leave
/// rules their numbers.
struct CounterResets {
    private struct Chain: Hashable {
        var table: Int
        var name: String
    }

    private var chains: Set<Chain> = []

    init(before: FirewallRuleset, after: FirewallRuleset) {
        for (number, table) in after.tables.enumerated() {
            guard let old = before.tables.first(where: table.isSame) else { continue }
            let earlier = Dictionary(old.chains.map { ($0.name, $0) }) { first, _ in first }
            let signs = table.chains.map { chain in
                earlier[chain.name].map { Signs(before: $0, after: chain) } ?? Signs()
            }
            // Where one began anew, so did those of which nothing shows that they went on.
            let isAnew = signs.contains(where: \.hasGoneBack)
            for (chain, signs) in zip(table.chains, signs) where signs.hasGoneBack || isAnew && !signs.hasGoneOn {
                chains.insert(Chain(table: number, name: chain.name))
            }
        }
    }

    /// - Parameter table: its place among the tables of the second look.
    func contains(_ chain: String, ofTable table: Int) -> Bool { chains.contains(Chain(table: table, name: chain)) }

    /// What a chain's counters tell.
    private struct Signs {
        var hasGoneBack = false
        var hasGoneOn = false

        init() {}

        init(before: FirewallChain, after: FirewallChain) {
            note(before.policyCounters, after.policyCounters)
            for (rule, place) in zip(after.rules, after.rules.places(among: before.rules)) {
                note(place.flatMap { before.rules[$0].counters }, rule.counters)
            }
        }

        private mutating func note(_ before: Counters?, _ after: Counters?) {
            guard let before, let after, before.packetCount > 0 else { return }
            if after.packetCount < before.packetCount || after.byteCount < before.byteCount {
                hasGoneBack = true
            } else if after.packetCount > before.packetCount {
                hasGoneOn = true
            }
        }
    }
}
