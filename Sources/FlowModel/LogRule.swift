/// A rule that logs to an NFLOG group.
public struct LogRule: Sendable, Equatable {
    public var group: UInt16
    /// The family as the firewall's tool has it: `ip`, `ip6`, `inet`, `bridge`.
    public var family: String
    public var table: String
    public var chain: String
    /// The words of the command that deletes it, empty where nobody can say.
    public var deletion: [String]

    public init(group: UInt16, family: String, table: String, chain: String, deletion: [String]) {
        self.group = group
        self.family = family
        self.table = table
        self.chain = chain
        self.deletion = deletion
    }
}

/// A flowtable of nftables: what it takes over passes conntrack by.
public struct Flowtable: Sendable, Equatable {
    public var family: String
    public var table: String
    public var name: String
    /// Whether it adds what it forwards to conntrack's counters.
    public var counts: Bool
    /// What stands in its braces, statement by statement, without `counter`.
    public var statements: [String]

    public init(family: String, table: String, name: String, counts: Bool, statements: [String]) {
        self.family = family
        self.table = table
        self.name = name
        self.counts = counts
        self.statements = statements
    }
}
