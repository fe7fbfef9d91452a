public import FlowModel

/// The firewall's rules at the end of a comparison, and how each got on since its beginning.
public struct WatchedRuleset: Sendable {
    public let ruleset: FirewallRuleset
    /// All rules, chain by chain, as they stand.
    public private(set) var rules: [WatchedRule] = []
    /// Whether there were two looks, so that growths are known.
    public let isFinal: Bool
    /// Whether nobody changed nftables' sets between the looks.
    let setsAreKept: Bool
    /// Whether somebody changed nftables' rules or sets between the looks, as far as that is known.
    private let generationChanged: Bool
    /// Rules that refuse packets and were gone at the second look.
    public private(set) var goneDenials: [WatchedRule] = []
    /// Rules that were gone at the second look and decided what became of packets, or changed what rules behind them saw.
    private(set) var goneDeciders: [WatchedRule] = []
    /// Rules that were gone at the second look and logged packets.
    private(set) var goneLogs: [WatchedRule] = []
    /// Chains of which rules were gone, or may have stood in another order, by their numbers among all.
    private(set) var changedChains: Set<Int> = []
    private var newCount = 0
    private var goneCount = 0
    private var resetCount = 0

    /// What is known after one look.
    public init(_ ruleset: FirewallRuleset) {
        self.ruleset = ruleset
        isFinal = false
        setsAreKept = false
        generationChanged = false
        Self.forEachChain(of: ruleset) { table, chain in
            let title = Self.title(table, chain)
            rules += chain.rules.map { WatchedRule($0, in: title) }
        }
    }

    public init(before: FirewallRuleset, after: FirewallRuleset) {
        ruleset = after
        isFinal = true
        setsAreKept = before.generation != nil && before.generation == after.generation
        generationChanged = before.generation != nil && after.generation != nil && !setsAreKept
        var earlier: [ChainPlace: [FirewallRule]] = [:]
        var handles: [ChainPlace: String] = [:]
        Self.forEachChain(of: before) { table, chain in
            earlier[ChainPlace(table, chain)] = chain.rules
            handles[ChainPlace(table, chain)] = table.handle
        }
        let resets = CounterResets(before: before, after: after)
        var number = 0
        for (tableNumber, table) in after.tables.enumerated() {
            for chain in table.chains {
                let gone = goneCount
                let place = ChainPlace(table, chain)
                let rules = earlier.removeValue(forKey: place) ?? []
                let isOrdered = pair(
                    rules, chain.rules, isSameTable: handles[place] == table.handle,
                    isReset: resets.contains(chain.name, ofTable: tableNumber), Self.title(table, chain))
                if goneCount > gone || !isOrdered { changedChains.insert(number) }
                number += 1
            }
        }
        Self.forEachChain(of: before) { table, chain in
            guard let rules = earlier[ChainPlace(table, chain)] else { return }
            for rule in rules { addGone(rule, Self.title(table, chain)) }
        }
    }

    /// Whether rules came or went meanwhile.
    public var changedRules: Bool { newCount > 0 || goneCount > 0 }

    /// What happened to the rules meanwhile; `nil` where nothing did.
    public var change: String? {
        func text(_ count: Int, _ one: String, _ many: String) -> String? {
            count == 0 ? nil : count == 1 ? "one \(one)" : "\(count) \(many)"
        }
        let parts = [
            text(newCount, "is new", "are new"), text(goneCount, "is gone", "are gone"),
            text(resetCount, "counter was set back", "counters were set back"),
        ].compactMap { $0 }
        return parts.isEmpty ? nil : "the firewall's rules changed meanwhile: \(parts.joined(separator: ", "))"
    }

    /// Why packets may have met other rules than those that stand at the end; `nil` where nothing shows that.
    var doubt: String? {
        change
            ?? (generationChanged
                ? "somebody changed nftables' rules or sets meanwhile, and the same rules are there again" : nil)
    }

    /// That others may have stood there for a while, which neither look shows; `nil` where nothing tells that. Of the legacy iptables nothing does.
    var transience: String? {
        generationChanged
            ? "somebody changed nftables' rules or sets meanwhile: a rule that came and went may have decided, too"
            : nil
    }

    // MARK: Pairing

    private struct ChainPlace: Hashable {
        var family: String
        var table: String
        var chain: String
        var isLegacy: Bool

        init(_ table: FirewallTable, _ chain: FirewallChain) {
            (family, self.table, self.chain, isLegacy) = (table.family, table.name, chain.name, table.isLegacy)
        }
    }

    private static func title(_ table: FirewallTable, _ chain: FirewallChain) -> String {
        "\(table.family) \(table.name) \(chain.name)"
    }

    private static func forEachChain(of ruleset: FirewallRuleset, _ body: (FirewallTable, FirewallChain) -> Void) {
        for table in ruleset.tables {
            for chain in table.chains { body(table, chain) }
        }
    }

    /// Rules' handles begin anew when their table is loaded anew: only with its text, and in the same table, a rule is the one that was
    /// there. One that was loaded anew as it was took the same packets, but what its counter began with nobody knows.
    ///
    /// - Parameters:
    ///   - isSameTable: whether the table was not made anew.
    ///   - isReset: whether the chain's counters began anew: all may have counted more than they show.
    /// - Returns: whether those that were there before surely stood in the order in which they stand.
    private mutating func pair(
        _ before: [FirewallRule], _ after: [FirewallRule], isSameTable: Bool, isReset: Bool, _ chain: String
    ) -> Bool {
        var isReloaded = false
        let kept = isSameTable ? after.places(among: before) : after.map { _ in nil }
        let keptPlaces = kept.compactMap(\.self)
        let isSorted = keptPlaces == keptPlaces.sorted()
        var others = Set(before.indices).subtracting(keptPlaces)
        var reloaded = Dictionary(grouping: before.indices.filter(others.contains)) { RuleMeaning(before[$0]) }
        for (rule, place) in zip(after, kept) {
            var watched = WatchedRule(rule, in: chain)
            if let place {
                learn(&watched, before[place], isReset)
                watched.isKept = watched.growth != nil || rule.counters == nil
            } else if let place = reloaded[RuleMeaning(rule)]?.popLast() {
                others.remove(place)
                isReloaded = true
                if rule.counters != nil { resetCount += 1 }
            } else {
                // It may have been loaded with a counter that somebody saved, so nobody knows where that began.
                watched.isNew = true
                watched.limit = rule.counters?.packetCount
                newCount += 1
            }
            rules.append(watched)
        }
        for place in before.indices where others.contains(place) { addGone(before[place], chain) }
        // Loaded anew with others among them, they may have stood in another order.
        return isSorted && (!isReloaded || before.map(\.text) == after.map(\.text))
    }

    private mutating func learn(_ watched: inout WatchedRule, _ old: FirewallRule, _ isReset: Bool) {
        guard let new = watched.rule.counters, let old = old.counters else { return }
        if !isReset, new.packetCount >= old.packetCount, new.byteCount >= old.byteCount {
            watched.growth = new.since(old)
            watched.limit = watched.growth?.packetCount
        } else {
            resetCount += 1
        }
    }

    private mutating func addGone(_ rule: FirewallRule, _ chain: String) {
        goneCount += 1
        if rule.verdict != nil && rule.verdict != .return || rule.effects.contains(where: \.changesSight) {
            goneDeciders.append(WatchedRule(rule, in: chain))
        }
        if rule.denies { goneDenials.append(WatchedRule(rule, in: chain)) }
        if rule.effects.contains(where: { if case .log = $0 { true } else { false } }) {
            goneLogs.append(WatchedRule(rule, in: chain))
        }
    }
}

extension FirewallRule.Effect {
    /// Whether rules behind it see packets otherwise, or conntrack does.
    fileprivate var changesSight: Bool {
        switch self {
        case .untrack, .mark, .restoreMark, .divert, .translateSource, .translateDestination: true
        case .log, .copy, .limitEvents, .helper: false
        }
    }
}
