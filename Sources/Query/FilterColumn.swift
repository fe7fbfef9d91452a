import FlowModel

/// What a filter compares with a value.
enum FilterColumn: Hashable {
    case address(Sides)
    case port(Sides)
    case family
    case transport
    case zone
    case mark
    case state
    case status
    case verdict
    case rule
    /// A rule's whole prefix: its verdict and its name.
    case prefix
    case ingress
    case egress
    /// Either of the two.
    case interface
    case lane
    case helper
    case exactness
    case attempts
    case user
    case userGroup
    case sender
    case vlan
    case physicalIngress
    case physicalEgress
    case bytes
    case packets
    case byteRate
    case packetRate
    case duration
    case start
    /// What a group of sessions comes to.
    case measure(GroupMeasure)

    /// Whose address or port: of several, of any of them or of all.
    struct Sides: Hashable {
        var sides: [SessionTest.Side]
        var areAllMeant = false

        init(_ sides: SessionTest.Side..., all: Bool = false) {
            self.sides = sides
            areAllMeant = all
        }

        static var either: Sides { Sides(.source, .destination) }
        static var both: Sides { Sides(.source, .destination, all: true) }
    }

    /// The column of a name, in lower case; tcpdump's, nfdump's and goQuery's words are among them.
    init?(name: some StringProtocol) {
        switch name {
        case "src", "sip", "srcip", "snet", "source", "saddr": self = .address(Sides(.source))
        case "dst", "dip", "dstip", "dnet", "destination", "daddr": self = .address(Sides(.destination))
        case "host", "net", "ip", "addr": self = .address(.either)
        case "natsrc", "snat": self = .address(Sides(.translatedSource))
        case "natdst", "dnat": self = .address(Sides(.translatedDestination))
        case "sport", "srcport": self = .port(Sides(.source))
        case "dport", "dstport": self = .port(Sides(.destination))
        case "port", "portrange": self = .port(.either)
        case "natsport", "natsrcport": self = .port(Sides(.translatedSource))
        case "natdport", "natdstport": self = .port(Sides(.translatedDestination))
        case "proto", "protocol", "ipproto": self = .transport
        case "family": self = .family
        case "zone": self = .zone
        case "mark": self = .mark
        case "state": self = .state
        case "status": self = .status
        case "verdict": self = .verdict
        case "rule": self = .rule
        case "prefix": self = .prefix
        case "iif": self = .ingress
        case "oif": self = .egress
        case "if", "iface", "interface": self = .interface
        case "lane": self = .lane
        case "helper": self = .helper
        case "exactness": self = .exactness
        case "attempts": self = .attempts
        case "uid", "user": self = .user
        case "gid": self = .userGroup
        case "mac", "smac", "srcmac": self = .sender
        case "vlan": self = .vlan
        case "physin": self = .physicalIngress
        case "physout": self = .physicalEgress
        case "bytes": self = .bytes
        case "packets": self = .packets
        case "rate": self = .byteRate
        case "pps": self = .packetRate
        case "duration", "age": self = .duration
        case "start": self = .start
        default: return nil
        }
    }

    /// Whether the column's values have an order that `<` and `>` can ask for.
    var isOrdered: Bool {
        switch self {
        case .port, .bytes, .packets, .byteRate, .packetRate, .duration, .start, .zone, .transport, .measure,
            .attempts, .user, .userGroup, .vlan:
            true
        default: false
        }
    }

    /// What a value of the column looks like.
    var valueHint: String {
        switch self {
        case .address: "an address or a network, such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32"
        case .port: "a port from 0 to 65535, or a range, such as 80-90"
        case .family: "ipv4 or ipv6"
        case .transport: "a protocol, such as tcp, udp, icmp or a number from 0 to 255"
        case .zone: "a zone from 0 to 65535"
        case .mark: "a mark, such as 5 or 0x10, or with a mask that has its bits, such as 0x10/0xff"
        case .state: "a TCP state, such as established, syn_sent or time_wait"
        case .status: "a status: \(StatusWord.allCases.map(\.rawValue).joined(separator: ", "))"
        case .verdict: "accept, drop or reject"
        case .rule: "a rule's name, or a pattern, such as ssh-*"
        case .prefix: "a rule's prefix, such as drop:ssh"
        case .attempts: "a number of attempts, such as 10 or 1k"
        case .user: "a user's number, such as 0 or 1000"
        case .userGroup: "a group's number, such as 0 or 1000"
        case .sender: "an Ethernet address, such as 02:00:5e:10:00:01"
        case .vlan: "a VLAN from 0 to 4095"
        case .ingress, .egress, .interface, .physicalIngress, .physicalEgress:
            "an interface's name, or a pattern, such as lan*"
        case .lane: "conntrack or nflog"
        case .helper: "a helper's name, such as ftp"
        case .exactness: Exactness.allCases.map(\.keyword).joined(separator: ", ")
        case .bytes: "a number of bytes, such as 1500, 10k, 1M (1,000,000) or 1Mi (1,048,576)"
        case .packets: "a number of packets, such as 10 or 1k"
        case .byteRate: "a number of bytes per second, such as 1500, 10k or 1M"
        case .packetRate: "a number of packets per second, such as 10 or 1k"
        case .duration: "a length of time with its unit, such as 500ms, 10s, 5m or 1h30m"
        case .start: "a time, such as -10m (ten minutes ago), 2026-01-05T10:11:12Z, 2026-01-05 or seconds since 1970"
        case .measure: "a number, such as 10, 1k or 1M"
        }
    }
}

extension SessionFilter {
    /// The columns' names, for people who look for one.
    public static var columnNames: String {
        """
        src dst host net sport dport port proto family iif oif if rule prefix verdict zone mark state status natsrc natdst \
        natsport natdport lane helper exactness attempts uid gid mac vlan physin physout bytes packets rate pps duration start
        """
    }
}
