/// What becomes of packets that a rule means.
///
/// What the prefix of a rule that logs says of it is a ``Verdict``.
public enum RuleVerdict: Sendable, Hashable {
    case accept
    case drop
    case reject
    /// A program decides: by what it answers (NFQUEUE), or by listening at all (TPROXY).
    case queue
    case `return`
    case jump(String)
    case goto(String)
    /// What stands there is not understood, or not known.
    case unknown

    /// The chain that it hands packets on to.
    public var target: String? {
        switch self {
        case .jump(let chain), .goto(let chain): chain
        default: nil
        }
    }
}
