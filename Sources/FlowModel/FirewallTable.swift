/// A table of the firewall's: chains that can lead to each other.
public struct FirewallTable: Sendable, Equatable {
    /// The family as the firewall's tool has it: `ip`, `ip6`, `inet`, `netdev`, `bridge`.
    public var family: String
    public var name: String
    /// Whether it is the legacy iptables': nftables may have one of the same name beside it.
    public var isLegacy = false
    /// The number by which nft names it, which no other table of the namespace ever has; `nil` where nobody said.
    public var handle: String?
    /// Whether the kernel calls none of its chains, as long as it is (`flags dormant`).
    public var isDormant = false
    public var chains: [FirewallChain] = []
    public var flowtables: [Flowtable] = []
    /// Whether a rule makes conntrack track sessions.
    public var usesConntrack = false
    /// Whether there are parts of iptables in it that nft cannot read: iptables-nft-save can.
    public var hasForeignParts = false

    public init(family: String, name: String) {
        self.family = family
        self.name = name
    }

    /// Whether the other is this one, looked at another time or by another tool.
    public func isSame(as other: FirewallTable) -> Bool {
        (family, name, isLegacy) == (other.family, other.name, other.isLegacy)
    }

    /// Whether its chains see packets of a family.
    public func sees(_ packets: AddressFamily) -> Bool {
        switch family {
        case "ip": packets == .ipv4
        case "ip6": packets == .ipv6
        case "arp": false
        default: true
        }
    }

    /// The rules that log to groups, as they come; those of a chain without a name belong to the rule that holds it.
    public var logRules: [LogRule] {
        var found: [LogRule] = []
        let places = Dictionary(chains.enumerated().map { ($1.name, $0) }) { first, _ in first }
        func add(_ rules: [FirewallRule], of chain: String, _ depth: Int) {
            for rule in rules {
                for case .log(let group, _) in rule.effects {
                    found.append(
                        LogRule(
                            group: group, family: family, table: name, chain: chain, handle: rule.handle,
                            onlyLogs: rule.onlyLogs, deletion: rule.deletion))
                }
                guard let target = rule.verdict?.target, let place = places[target], chains[place].isAnonymous,
                    depth < FirewallChain.greatestDepth
                else { continue }
                add(chains[place].rules, of: chain, depth + 1)
            }
        }
        for chain in chains where !chain.isAnonymous { add(chain.rules, of: chain.name, 0) }
        return found
    }
}
