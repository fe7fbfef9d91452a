internal import FlowModel

/// A rule that did something to packets, or may have.
struct RuleSuspect: Equatable {
    enum Deed: Hashable {
        case deny
        case untrack
        /// Sends copies of them elsewhere.
        case copy
        /// Hands them to a socket of the host's.
        case divert
        /// Sends them elsewhere before they are routed.
        case translate
        /// Marks them before they are routed, so that another way may be theirs.
        case mark(MarkChange?)
        /// Has conntrack not tell the end of their session.
        case limitEvents
        case log(group: UInt16)
    }

    /// Its number in ``WatchedRuleset/rules``.
    var rule: Int
    var deed: Deed
    /// How sure that is: yes only where every one of the packets comes to the rule, and the rule means them.
    var answer: RuleAnswer
    var place: HookPlace
    /// Of a rule that logs: whether every one of the packets that came to its base chain comes to it, whether it means them or not.
    var isReached = true
    /// Whether it may let pass what it counts, as where a program decides.
    var mayPass = false
}
