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

    /// What a program was given by `setcap` goes to no tool that it asks.
    private static let rootCure = "run nfmon as root: the firewall's tools tell their rules to nobody else"

    /// Looks, in the thread's network namespace; takes as long as the firewall's tools do.
    public init() {
        let rules = HostRules(rootCure: Self.rootCure)
        found = rules.ruleset
        ruleset = rules.areKnown ? rules.ruleset : nil
        addresses = HostAddresses.current
        routing = HostRouting.current
        unlooked = rules.unlooked
    }
}
