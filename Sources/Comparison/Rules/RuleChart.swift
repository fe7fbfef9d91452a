internal import FlowModel

/// The firewall's rules arranged as packets meet them.
struct RuleChart {
    struct Step {
        /// Its number in ``WatchedRuleset/rules``.
        var number: Int
        var match: RuleMatch
        var effects: [FirewallRule.Effect]
        var verdict: RuleVerdict?
        /// The place in ``chains`` of the chain that it hands packets on to; `nil` also where there is no such chain.
        var target: Int?
        var isPolicy: Bool
        /// Whether its counter stood still: no packet came to it and was meant.
        var isIdle: Bool
        /// Whether it was not there from the beginning: packets from before did not meet it.
        var isNew: Bool
        /// Whether it surely was there all the time.
        var isKept: Bool
        /// Whether what it asks besides its tests was the same for all packets of one direction of a session.
        var isSteady: Bool

        var denies: Bool { verdict == .drop || verdict == .reject }

        /// What is so of packets that may have come before it stood there: one that is new did nothing to those.
        func sinceBefore(_ answer: RuleAnswer) -> RuleAnswer { isNew ? min(answer, .perhaps) : answer }
    }

    /// A chain's rules.
    struct Chain {
        /// Whether rules of it were gone at the end, or stood elsewhere: packets from before may have met others.
        var hasGone = false
        /// Of each step.
        var hints: [RuleHint] = []
        var steps: [Step] = []
    }

    /// A chain that the kernel calls itself.
    struct Base {
        var chain: Int
        var place: HookPlace
        var devices: [String]
        var seesFirstPacketsOnly: Bool
        var seesIPv4: Bool
        var seesIPv6: Bool

        func sees(_ family: AddressFamily) -> Bool { family == .ipv4 ? seesIPv4 : seesIPv6 }
    }

    private(set) var chains: [Chain] = []
    /// By hook, the lowest priority first; of chains with the same one nobody knows the order.
    private(set) var bases: [NetfilterHook: [[Base]]] = [:]
    /// Chains of bridges. Whether packets pass a bridge nobody knows; where they do, it sees them before the host or behind it.
    private(set) var bridges: [Base] = []
    /// Ports at which answers of rules may change: those from one to the next are all alike to them.
    private(set) var portBounds: [UInt16] = []
    /// Whether nothing stands there of which nobody knows what it does.
    private(set) var isUnderstood = true
    /// Whether conntrack's helpers may expect sessions.
    private(set) var hasHelpers = false
    /// Whether a rule sends packets elsewhere than they were to go.
    private(set) var translatesDestinations = false
    /// Whether a rule has packets come from elsewhere than they do.
    private(set) var translatesSources = false
    /// The bits of marks that rules set.
    private(set) var markedBits: UInt32 = 0
    /// Whether packets may come with marks that rules set, of a bridge's chains or out of tunnels.
    private(set) var marksMayPrecede = false
    /// Whether a rule sets marks, by which routes may be chosen.
    private(set) var setsMarks = false
    /// Of which families' packets rules ask where the way back to their source leads.
    private(set) var reversePathFamilies: Set<AddressFamily> = []
    /// Whether rules hand packets to sockets of the host's: where those have marks, others bring them there by their marks.
    private(set) var hasProxies = false

    init(_ watched: WatchedRuleset) {
        var found: [NetfilterHook: [Base]] = [:]
        var number = 0
        for table in watched.ruleset.tables {
            if table.hasForeignParts { isUnderstood = false }
            let targets = Dictionary(table.chains.enumerated().map { ($1.name, chains.count + $0) }) { first, _ in first
            }
            for chain in table.chains {
                if let place = chain.place, !table.isDormant {
                    var base = Base(
                        chain: chains.count, place: place, devices: chain.devices,
                        seesFirstPacketsOnly: chain.seesFirstPacketsOnly, seesIPv4: table.sees(.ipv4),
                        seesIPv6: table.sees(.ipv6))
                    if table.family == "bridge" {
                        let isBehind = place.hook == .output || place.hook == .postrouting
                        base.place = HookPlace(isBehind ? .egress : .ingress, place.priority)
                        bridges.append(base)
                    } else {
                        found[place.hook, default: []].append(base)
                    }
                }
                chains.append(
                    steps(of: chain, watched, from: number, targets, isBridge: table.family == "bridge"))
                chains[chains.count - 1].hasGone = watched.changedChains.contains(chains.count - 1)
                number += chain.rules.count
            }
        }
        // Those that are gone are asked, too.
        for gone in watched.goneDeciders { note(gone.rule.match.tests) }
        portBounds = Set(portBounds).sorted()
        bases = found.mapValues { bases in
            Dictionary(grouping: bases) { $0.place.priority }.sorted { $0.key < $1.key }.map(\.value)
        }
        marksMayPrecede = marksMayPrecede || tunnelMarks
    }

    /// The least port that is as good as this one to every rule.
    func port(like port: UInt16) -> UInt16 {
        var (low, high) = (0, portBounds.count)
        while low < high {
            let middle = (low + high) / 2
            if portBounds[middle] <= port { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? portBounds[low - 1] : 0
    }

    /// Rules that only count decide nothing; where their counters stood still, they tell who never came.
    private mutating func steps(
        of chain: FirewallChain, _ ruleset: WatchedRuleset, from number: Int, _ targets: [String: Int], isBridge: Bool
    ) -> Chain {
        var steps: [Step] = []
        for (index, (rule, watched)) in zip(chain.rules, ruleset.rules[number...]).enumerated() {
            let isIdle = watched.growth?.packetCount == 0
            guard rule.verdict != nil || !rule.effects.isEmpty || isIdle else { continue }
            note(rule.match.tests)
            if rule.effects.contains(.helper) { hasHelpers = true }
            for case .mark(let change) in rule.effects {
                setsMarks = true
                if isBridge { marksMayPrecede = true }
                markedBits |= change?.value ?? 0
            }
            if rule.effects.contains(.translateDestination) { translatesDestinations = true }
            if rule.effects.contains(.translateSource) { translatesSources = true }
            if rule.effects.contains(.divert) { hasProxies = true }
            let target = rule.verdict?.target.flatMap { targets[$0] }
            if rule.verdict == .unknown || target == nil && rule.verdict?.target != nil { isUnderstood = false }
            steps.append(
                Step(
                    number: number + index, match: rule.match, effects: rule.effects, verdict: rule.verdict,
                    target: target, isPolicy: rule.isPolicy, isIdle: isIdle, isNew: watched.isNew,
                    isKept: watched.isKept,
                    isSteady: rule.match.conditions.isEmpty
                        && (rule.match.steadyConditions.isEmpty || ruleset.setsAreKept)))
        }
        return Chain(hints: steps.map { RuleHint($0.match) }, steps: steps)
    }

    /// Notes at which ports answers change, and what is to be asked of the host's routing.
    private mutating func note(_ tests: [RuleMatch.Test]) {
        for test in tests {
            switch test.subject {
            case .sourcePort(let ranges), .destinationPort(let ranges), .eitherPort(let ranges):
                for range in ranges { portBounds += [range.lowerBound, range.upperBound &+ 1] }
            case .reversePath:
                reversePathFamilies.formUnion(
                    [.ipv4, .ipv6].filter { family in
                        !tests.contains {
                            guard case .family(let asked) = $0.subject else { return false }
                            return (asked == family) == $0.isNegated
                        }
                    })
            case .oneOf(let lists): for list in lists { note(list) }
            default: break
            }
        }
    }
}
