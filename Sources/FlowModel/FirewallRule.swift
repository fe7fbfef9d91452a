/// A rule of the firewall's that does something to what the lanes count: drops it, keeps it from conntrack, logs it.
public struct FirewallRule: Sendable, Hashable {
    public enum Effect: Sendable, Hashable {
        case drop
        case reject
        /// NOTRACK.
        case untrack
        /// To an NFLOG group.
        case log(group: UInt16)
    }

    /// The family as the firewall's tool has it: `ip`, `ip6`, `inet`, `netdev`.
    public var family: String
    public var table: String
    public var chain: String
    /// What tells it from its chain's other rules when they are looked at again: nft's handle, or its text.
    public var name: String
    /// Where packets come to it; of a chain that others jump to, wherever they do. Empty where nothing leads there.
    public var places: [HookPlace] = []
    /// Whether only some of the packets come to it, as the jumps that lead to it ask for more than it does itself.
    public var isBehindConditions = false
    public var effects: [Effect]
    public var match: RuleMatch
    /// What its counter shows; `nil` where it has none.
    public var counters: Counters?
    /// The rule as its tool writes it, without the counter's numbers. May hold anything.
    public var text: String
    /// Whether it is a chain's policy: what becomes of the packets that no rule decided about.
    public var isPolicy = false

    public init(
        family: String, table: String, chain: String, name: String, effects: [Effect], match: RuleMatch = RuleMatch(),
        counters: Counters? = nil, text: String
    ) {
        self.family = family
        self.table = table
        self.chain = chain
        self.name = name
        self.effects = effects
        self.match = match
        self.counters = counters
        self.text = text
    }

    /// Whether it refuses packets.
    public var denies: Bool { effects.contains { $0 == .drop || $0 == .reject } }

    /// Whether the other is this one, looked at another time.
    public func isSame(as other: FirewallRule) -> Bool {
        (family, table, chain, name) == (other.family, other.table, other.chain, other.name)
    }
}
