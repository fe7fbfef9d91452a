internal import FlowModel

/// What follows from packets that came behind a rule: where it asks for nothing in which a session's packets differ, and all come to it by
/// the same way, it means none of them.
struct RulePrecedent {
    private struct Place: Hashable {
        var rule: Int
        /// As rules before and behind a translation see other addresses.
        var tuple: FlowKey
    }

    private var cleared: Set<Place> = []
    /// Whether the walk is that of one packet, which passed all: behind it nobody knows by which way, where that is not sure.
    private let isOfFirst: Bool
    /// Whether all packets that passed came to the rule that is looked at, or none of them.
    private var isOneWay = false

    init(isOfFirst: Bool) { self.isOfFirst = isOfFirst }

    /// Takes over what another walk found.
    mutating func learn(_ other: RulePrecedent) { cleared.formUnion(other.cleared) }

    /// Begins with a chain that the kernel calls.
    mutating func enter(isSure: Bool) { isOneWay = isSure }

    /// Notes a chain of which rules were gone at the end.
    mutating func enterChanged() { isOneWay = false }

    /// Notes a rule that leads packets elsewhere.
    mutating func pass(_ step: RuleChart.Step, _ hit: RuleAnswer, _ view: PacketView) {
        // What denies leads nowhere: of what passed, it took nothing.
        guard let verdict = step.verdict, !step.denies else { return }
        // What becomes of each a program decides, or nobody knows who.
        let isOpen = verdict == .queue || verdict == .unknown || verdict.target != nil && step.target == nil
        if isOpen || !step.isKept || hit == .perhaps && (isOfFirst || !step.isAlike(to: view)) { isOneWay = false }
    }

    /// Whether a rule that may mean packets does not.
    ///
    /// - Parameter isPassed: whether some of them are known to have come behind it.
    mutating func clears(_ step: RuleChart.Step, _ hit: RuleAnswer, _ view: PacketView, isPassed: Bool) -> Bool {
        let isUntracking = step.effects.contains(.untrack)
        guard step.denies || isUntracking else { return false }
        let place = Place(rule: step.number, tuple: view.tuple)
        if cleared.contains(place) { return true }
        // What is untracked passes, too; the first of those that conntrack keeps was not.
        guard hit == .perhaps, isPassed, isOneWay, step.isKept, isOfFirst || !isUntracking, step.isAlike(to: view)
        else {
            return false
        }
        cleared.insert(place)
        return true
    }
}

extension RuleChart.Step {
    /// Whether the rule means all packets that a view stands for, or none.
    fileprivate func isAlike(to view: PacketView) -> Bool {
        isSteady && !match.tests.contains { $0.answer(to: view) == .perhaps }
    }
}
