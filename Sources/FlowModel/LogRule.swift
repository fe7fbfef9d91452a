/// A rule that logs to an NFLOG group.
public struct LogRule: Sendable, Equatable {
    public var group: UInt16
    /// The family as the firewall's tool has it: `ip`, `ip6`, `inet`, `bridge`.
    public var family: String
    public var table: String
    public var chain: String
    /// The number by which nft names it in its chain; `nil` where nobody said.
    public var handle: String?
    /// Whether it logs to this group and does nothing else: without it, the firewall lets the same packets pass.
    public var onlyLogs: Bool
    /// The words of the command that deletes it, empty where nobody can say, and where it does more than to log.
    public var deletion: [String]

    public init(
        group: UInt16, family: String, table: String, chain: String, handle: String? = nil, onlyLogs: Bool = true,
        deletion: [String] = []
    ) {
        self.group = group
        self.family = family
        self.table = table
        self.chain = chain
        self.handle = handle
        self.onlyLogs = onlyLogs
        self.deletion = onlyLogs ? deletion : []
    }
}
