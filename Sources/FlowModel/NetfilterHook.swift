/// Where the kernel shows a packet to the firewall's chains.
public enum NetfilterHook: String, Sendable, CaseIterable {
    /// As it comes from the device (nft's family netdev), before all the others.
    case ingress
    case prerouting
    case input
    case forward
    case output
    case postrouting
    /// As it goes to the device.
    case egress

    /// The number that NFLOG's messages have for it (`enum nf_inet_hooks`); `nil` of those that no logged packet shows.
    public init?(number: UInt8) {
        switch number {
        case 0: self = .prerouting
        case 1: self = .input
        case 2: self = .forward
        case 3: self = .output
        case 4: self = .postrouting
        default: return nil
        }
    }
}

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

    /// Whether conntrack has not seen the packet yet.
    public var isBeforeConntrack: Bool {
        switch hook {
        case .ingress: true
        case .prerouting, .output: priority < Self.conntrackPriority
        case .input, .forward, .postrouting, .egress: false
        }
    }
}
