/// What a look at this host learned of the things that nfmon's answers are made of.
///
/// Whatever is `nil` was not looked at, or is not there; ``unlooked`` says what could not be looked at, and why.
public struct HostFacts: Sendable {
    public var settings: ConntrackSettings?
    public var table: TableFill?
    /// Conntrack's failures before the look, and how they grew during it.
    public var failures: (before: ConntrackFailures, during: ConntrackFailures)?
    public var load: EventLoad?
    /// Whether the process may ask netfilter for anything (CAP_NET_ADMIN).
    public var isPrivileged = true
    /// The firewall's rules that log to groups; `nil` where they are not all known.
    public var rules: [LogRule]?
    /// Whether a rule makes conntrack track sessions.
    public var rulesUseConntrack = false
    /// What was asked for the rules: `nft`, `iptables-legacy`.
    public var ruleTools: [String] = []
    /// Flowtables of nftables.
    public var flowtables: [Flowtable] = []
    /// Who reads which group; `nil` where that is not known.
    public var groupReaders: [GroupReader]?
    /// Processes that make the kernel keep each session's end until they have taken it; `nil` where the kernel does not tell.
    public var reliableListeners: [ProcessName]?
    /// Whether the kernel attaches conntrack's entry to a logged packet (NFULA_CT).
    public var attachesEntries: Bool?
    public var clock = ClockLook()
    /// Nanoseconds that the look took.
    public var duration: UInt64 = 0
    public var unlooked: [Unlooked] = []

    public init() {}
}
