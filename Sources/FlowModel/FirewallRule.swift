/// A rule of the firewall's: which packets it means, what it does to them, and whether they go on behind it.
///
/// A rule of nftables that does something, asks again and does more is as many rules as that, one behind the other.
public struct FirewallRule: Sendable, Hashable {
    /// What it does to packets that go on nevertheless.
    public enum Effect: Sendable, Hashable {
        /// NOTRACK.
        case untrack
        /// Sends copies of packets elsewhere (dup, TEE), which conntrack does not count (`nf_dup_ipv4.c`).
        case copy
        /// To an NFLOG group, with what the rule says of itself there.
        case log(group: UInt16, prefix: String = "")
        case translateSource
        case translateDestination
        /// Hands packets to a socket of the host's, whatever their destination (TPROXY).
        case divert
        /// Sets a mark, by which routes may be chosen; `nil` where nobody knows which.
        case mark(MarkChange?)
        /// Gives a packet its session's mark.
        case restoreMark
        /// Has conntrack's helpers expect sessions that belong to the packet's.
        case helper
        /// Has conntrack keep the end of the packets' session to itself (CT --ctevents, ct event set).
        case limitEvents
    }

    /// What tells it from its chain's other rules when they are looked at again: nft's handle, or its text.
    public var name: String
    /// The number by which nft names it in its chain.
    public var handle: String?
    public var match: RuleMatch
    public var effects: [Effect]
    /// What becomes of packets that it means; where there is none, they go on to the next rule.
    public var verdict: RuleVerdict?
    /// What its counter shows; `nil` where it has none of its own, and where that counts packets which the rule does not mean.
    public var counters: Counters?
    /// The rule as its tool writes it, without the counter's numbers. May hold anything.
    public var text: String
    /// Whether it is a chain's policy: what becomes of the packets that no rule decided about.
    public var isPolicy = false
    /// Whether it logs to one group and does nothing else: without it, the firewall lets the same packets pass.
    public var onlyLogs = false
    /// The words of the command that deletes it, of a rule that logs to a group; empty where nobody can say.
    public var deletion: [String] = []

    public init(
        name: String, match: RuleMatch = RuleMatch(), effects: [Effect] = [], verdict: RuleVerdict? = nil,
        counters: Counters? = nil, text: String
    ) {
        self.name = name
        self.match = match
        self.effects = effects
        self.verdict = verdict
        self.counters = counters
        self.text = text
    }

    /// Whether it refuses packets.
    public var denies: Bool { verdict == .drop || verdict == .reject }
}
