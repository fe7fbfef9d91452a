/// A chain of rules: packets come to it by its place, or as other chains hand them on.
public struct FirewallChain: Sendable, Equatable {
    public var name: String
    /// Where the kernel calls it; `nil` of a chain that others jump to.
    public var place: HookPlace?
    /// The devices whose packets it sees; empty where it sees those of all.
    public var devices: [String] = []
    /// Whether it sees a connection's first packet only, as chains of the type nat do.
    public var seesFirstPacketsOnly = false
    /// Whether it has no name of its own, but stands in braces behind a rule's `jump`.
    public var isAnonymous = false
    /// What came to its policy, of the legacy iptables, which counts that of every chain.
    public var policyCounters: Counters?
    /// In their order. The last one is the chain's policy, where it has one.
    public var rules: [FirewallRule] = []

    /// How deep chains may lead into each other: nftables allows 16 (`NFT_JUMP_STACK_SIZE`), iptables more.
    public static var greatestDepth: Int { 64 }

    public init(_ name: String, at place: HookPlace? = nil) {
        self.name = name
        self.place = place
    }
}
