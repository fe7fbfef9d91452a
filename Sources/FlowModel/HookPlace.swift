/// A hook and the place in the order of those who are called there: the lower number first.
public struct HookPlace: Hashable, Sendable {
    public var hook: NetfilterHook
    public var priority: Int

    public init(_ hook: NetfilterHook, _ priority: Int) {
        self.hook = hook
        self.priority = priority
    }

    /// Where conntrack looks at packets that enter the host or begin there (`NF_IP_PRI_CONNTRACK`).
    public static var conntrackPriority: Int { -200 }
    /// Where destinations are translated (`NF_IP_PRI_NAT_DST`), and sources (`NF_IP_PRI_NAT_SRC`).
    public static var destinationNATPriority: Int { -100 }
    public static var sourceNATPriority: Int { 100 }

    /// Whether the packet's way is not decided yet, or is decided again behind it (`ip_route_me_harder`).
    public var isBeforeRouting: Bool { hook == .ingress || hook == .prerouting || hook == .output }

    /// Whether datagrams still come in the pieces that they were cut into: conntrack has them put together first, at -400
    /// (`NF_IP_PRI_CONNTRACK_DEFRAG`, nf_defrag_ipv4.c). Whose turn comes first of those at one place, nobody says.
    public var isBeforeReassembly: Bool {
        switch hook {
        case .ingress: true
        case .prerouting, .output: priority < -400
        case .input, .forward, .postrouting, .egress: false
        }
    }

    /// Whether conntrack has not seen the packet yet.
    public var isBeforeConntrack: Bool {
        switch hook {
        case .ingress: true
        case .prerouting, .output: priority < Self.conntrackPriority
        case .input, .forward, .postrouting, .egress: false
        }
    }
}
