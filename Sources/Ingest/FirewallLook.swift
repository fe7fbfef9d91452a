public import FlowModel

/// A look at the firewall's rules that bear on what the lanes count, and at their counters.
public struct FirewallLook: Sendable {
    /// `nil` where they are not all known.
    public let rules: [FirewallRule]?
    public let flowtables: [Flowtable]
    public let unlooked: [Unlooked]

    /// Looks, in the thread's network namespace; takes as long as the firewall's tools do.
    public init() {
        let rules = HostRules()
        self.rules = rules.areKnown ? rules.firewall : nil
        flowtables = rules.flowtables
        unlooked = rules.unlooked
    }
}
