/// An IP protocol number (the IPv4 protocol field, or the last IPv6 next header).
public struct TransportProtocol: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable public static var icmp: TransportProtocol { TransportProtocol(rawValue: 1) }
    @inlinable public static var tcp: TransportProtocol { TransportProtocol(rawValue: 6) }
    @inlinable public static var udp: TransportProtocol { TransportProtocol(rawValue: 17) }
    @inlinable public static var dccp: TransportProtocol { TransportProtocol(rawValue: 33) }
    @inlinable public static var gre: TransportProtocol { TransportProtocol(rawValue: 47) }
    @inlinable public static var icmpv6: TransportProtocol { TransportProtocol(rawValue: 58) }
    @inlinable public static var sctp: TransportProtocol { TransportProtocol(rawValue: 132) }
    @inlinable public static var udpLite: TransportProtocol { TransportProtocol(rawValue: 136) }

    /// Whether the tuple carries an ICMP identifier, type and code in the place of ports.
    @inlinable
    public var isICMP: Bool { rawValue == 1 || rawValue == 58 }

    /// Whether the protocol has 16-bit ports.
    public var hasPorts: Bool {
        switch self {
        case .tcp, .udp, .dccp, .sctp, .udpLite: true
        default: false
        }
    }

    /// The IANA keyword in lower case, or `nil` where nfmon knows none.
    public var keyword: String? {
        switch rawValue {
        case 1: "icmp"
        case 2: "igmp"
        case 4: "ipip"
        case 6: "tcp"
        case 17: "udp"
        case 33: "dccp"
        case 41: "ipv6"
        case 47: "gre"
        case 50: "esp"
        case 51: "ah"
        case 58: "ipv6-icmp"
        case 89: "ospf"
        case 103: "pim"
        case 112: "vrrp"
        case 132: "sctp"
        case 136: "udplite"
        default: nil
        }
    }

    /// The protocol of a name in lower case: its ``keyword``, or another usual one.
    public init?(keyword: some StringProtocol) {
        switch keyword {
        case "icmp6", "icmpv6": self = .icmpv6
        case "udp-lite": self = .udpLite
        default:
            let all = 0...UInt8.max
            guard let number = all.first(where: { Self(rawValue: $0).keyword.map { $0 == keyword } ?? false }) else {
                return nil
            }
            self.init(rawValue: number)
        }
    }
}
