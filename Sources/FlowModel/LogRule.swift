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
