internal import FlowModel

/// Packets of which several rules may have taken any, as their counters fit alike: that one of them did is likely, which one nobody can tell.
///
/// A trial notes what sessions lack, and which rules may have taken it. Rules are bound together by the sessions that each of several may
/// have preyed upon: only what such a group counted in all, held against what its sessions lack in all, shows anything.
struct RivalRules {
    /// Where packets of one direction of a session are missing.
    struct Place: Hashable {
        var tuple: FlowKey
        var more: CountedPlace
        var fewer: CountedPlace
    }

    struct Claim {
        /// By their numbers in ``WatchedRuleset/rules``, those that are met first come first.
        var rules: [Int]
        var reason: DifferenceReason
        var packetCount: UInt64
        /// Whether each of the rules counted just as many.
        var fitsEach: Bool
    }

    /// What sessions lack of which no other rule is suspected.
    private struct OwnPrey {
        var packetCount: UInt64 = 0
        /// What those two sessions lack that lack least; `nil` of a second one where there is none.
        var least = UInt64.max
        var secondLeast: UInt64?

        mutating func note(_ count: UInt64) {
            packetCount = packetCount.adding(count)
            if least != .max { secondLeast = min(max(least, count), secondLeast ?? .max) }
            least = min(least, count)
        }
    }

    private var claims: [Place: [Claim]] = [:]
    private var ownPrey: [Int: OwnPrey] = [:]
    /// Rules that counted enough for one only of the sessions that they alone may have preyed upon.
    private(set) var contestedRules: Set<Int> = []
    /// Rules of which sessions may be the prey that claim nothing: what their group's sessions lack in all is not known.
    private var openRules: Set<Int> = []

    /// Of more rules nobody would look for the one; each session would keep them all.
    static let greatestCount = 16

    mutating func note(_ claim: Claim, at place: Place) { claims[place, default: []].append(claim) }

    /// Notes rules of which nothing can be said together.
    mutating func noteOpen(_ rules: [Int]) { openRules.formUnion(rules) }

    mutating func noteOwnPrey(_ count: UInt64, of rule: Int) { ownPrey[rule, default: OwnPrey()].note(count) }

    /// Takes off what a rule was said to have taken by itself.
    mutating func release(_ count: UInt64, of rule: Int) {
        guard let left = ownPrey[rule]?.packetCount.lacking(count) else { return }
        ownPrey[rule]?.packetCount = left
    }

    /// What is said of a rule alone; others had better take from its rivals.
    func ownPrey(of rule: Int) -> UInt64 { ownPrey[rule]?.packetCount ?? 0 }

    /// Leaves out what the counters do not show: all that a group's sessions lack has to be all that its rules counted, or no more than that
    /// where each rule counted just what a session lacks.
    ///
    /// - Parameters:
    ///   - isWhole: whether no session is left out that the rules may have counted, too.
    ///   - unclaimed: what a rule counted that no session surely needs.
    mutating func settle(isWhole: Bool, _ unclaimed: (Int) -> UInt64) {
        for (rule, prey) in ownPrey {
            if let second = prey.secondLeast, prey.least.adding(second) > unclaimed(rule) {
                contestedRules.insert(rule)
            }
        }
        var groups = RuleGroups()
        for claim in claims.values.joined() { groups.join(claim.rules) }
        var (lacking, counted): ([Int: UInt64], [Int: UInt64]) = ([:], [:])
        for claim in claims.values.joined() {
            let group = groups.group(of: claim.rules[0])
            lacking[group] = (lacking[group] ?? 0).adding(claim.packetCount)
        }
        for rule in groups.rules {
            let group = groups.group(of: rule)
            counted[group] = (counted[group] ?? 0).adding(unclaimed(rule))
            lacking[group] = (lacking[group] ?? 0).adding(ownPrey(of: rule))
        }
        let open = Set(openRules.map(groups.group))
        claims = claims.compactMapValues { claims in
            let shown = claims.filter { claim in
                let group = groups.group(of: claim.rules[0])
                if open.contains(group) { return false }
                guard let lacking = lacking[group], let counted = counted[group] else { return false }
                return claim.fitsEach ? lacking <= counted : isWhole && lacking == counted
            }
            return shown.isEmpty ? nil : shown
        }
    }

    /// The claim for so many packets at a place, which is then settled.
    mutating func take(_ count: UInt64, at place: Place) -> Claim? {
        guard let found = claims[place]?.firstIndex(where: { $0.packetCount == count }) else { return nil }
        return claims[place]?.remove(at: found)
    }
}
