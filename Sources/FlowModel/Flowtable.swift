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
