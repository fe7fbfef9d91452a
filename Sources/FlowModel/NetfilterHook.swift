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
