/// The firewall's rules as they stand: tables of chains of rules, each in the order in which packets meet them.
public struct FirewallRuleset: Sendable, Equatable {
    public var tables: [FirewallTable]
    /// nf_tables' own number of what it holds: as long as it is the same, nobody changed rules or sets. `nil` where it is not known.
    public var generation: UInt32?

    public init(_ tables: [FirewallTable] = []) { self.tables = tables }

    public var flowtables: [Flowtable] { tables.flatMap(\.flowtables) }

    /// Whether a rule makes conntrack track sessions.
    public var usesConntrack: Bool { tables.contains(where: \.usesConntrack) }

    /// The rules that log to groups, as they come.
    public var logRules: [LogRule] { tables.flatMap(\.logRules) }
}
