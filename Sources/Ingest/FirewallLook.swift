public import FlowModel

/// A look at the firewall's rules and their counters, and at what is the host's own.
public struct FirewallLook: Sendable {
    /// `nil` where the rules are not all known.
    public let ruleset: FirewallRuleset?
    /// `nil` where the kernel does not tell.
    public let addresses: LocalAddresses?
    /// `nil` where the kernel does not tell.
    public let routing: RoutingPolicy?
    public let unlooked: [Unlooked]

    public var flowtables: [Flowtable] { found.flowtables }
    private let found: FirewallRuleset

    /// Looks, in the thread's network namespace; takes as long as the firewall's tools do.
    public init() {
        let rules = HostRules(rootCure: "run nfmon as root")
        found = rules.ruleset
        ruleset = rules.areKnown ? rules.ruleset : nil
        addresses = HostAddresses.current
        routing = HostRouting.current
        unlooked = rules.unlooked
    }
}
