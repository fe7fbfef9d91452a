internal import FlowModel

/// Chains of one table, and which leads to which: what says where a rule's packets come from.
struct RuleChains {
    /// Where the packets of a chain come from.
    struct Origin {
        var places: [HookPlace]
        /// What was asked of them on the way, where there is one way.
        var match = RuleMatch()
        /// Whether there are several, so that nobody can say.
        var isBehindConditions = false
    }

    private struct Jump {
        var from: String
        var match: RuleMatch
    }

    /// Chains that the kernel calls itself.
    private var places: [String: HookPlace] = [:]
    /// By the chain that is jumped to.
    private var jumps: [String: [Jump]] = [:]

    mutating func add(_ chain: String, at place: HookPlace) { places[chain] = place }

    mutating func add(jumpFrom chain: String, to target: String, with match: RuleMatch) {
        jumps[target, default: []].append(Jump(from: chain, match: match))
    }

    /// Where packets come to a chain.
    ///
    /// Chains cannot lead in circles (the kernel refuses them), but a text could.
    func origin(of chain: String) -> Origin {
        var match = RuleMatch()
        var seen: Set = [chain]
        var chain = chain
        // As long as one way leads there, what it asks for is asked of every packet.
        while places[chain] == nil, let jump = jumps[chain]?.first, jumps[chain]?.count == 1,
            seen.insert(jump.from).inserted
        {
            match.addTests(of: jump.match)
            chain = jump.from
        }
        if let place = places[chain] { return Origin(places: [place], match: match) }
        var found: [HookPlace] = []
        var isConditional = false
        var open = [chain]
        while let next = open.popLast() {
            if let place = places[next], !found.contains(place) { found.append(place) }
            for jump in jumps[next] ?? [] {
                isConditional = isConditional || !jump.match.tests.isEmpty || !jump.match.conditions.isEmpty
                if seen.insert(jump.from).inserted { open.append(jump.from) }
            }
        }
        return Origin(places: found, match: match, isBehindConditions: isConditional)
    }
}

extension RuleMatch {
    /// Asks for what another one does, too.
    mutating func addTests(of other: RuleMatch) {
        tests += other.tests
        conditions += other.conditions
    }
}

extension FirewallRule {
    /// Takes over where the packets of its chain come from.
    mutating func learn(_ origin: RuleChains.Origin) {
        places = origin.places
        match.addTests(of: origin.match)
        isBehindConditions = isBehindConditions || origin.isBehindConditions
    }
}
