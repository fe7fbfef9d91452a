public import FlowModel

/// What sessions are grouped by: one of their columns, or the networks of an address.
public struct GroupColumn: Hashable, Sendable {
    public enum Subject: UInt8, CaseIterable, Sendable {
        case source
        case sourcePort
        case destination
        case destinationPort
        case transport
        case family
        case ingress
        case egress
        case rule
        case verdict
        case zone
        case mark
        case state
        case helper
        case lane
        case exactness
        case user
        case userGroup
        case sender
        case vlan
        case physicalIngress
        case physicalEgress
        case translatedSource
        case translatedSourcePort
        case translatedDestination
        case translatedDestinationPort

        /// Whether it is an address, of which a part can be meant.
        public var isAddress: Bool {
            switch self {
            case .source, .destination, .translatedSource, .translatedDestination: true
            default: false
            }
        }
    }

    public let subject: Subject
    /// How many bits of an address make the group, `nil` for all of them.
    public let ipv4Length: Int?
    public let ipv6Length: Int?

    public init(_ subject: Subject, ipv4Length: Int? = nil, ipv6Length: Int? = nil) {
        self.subject = subject
        self.ipv4Length = ipv4Length
        self.ipv6Length = ipv6Length
    }

    /// The bits that are meant of a family's addresses, `nil` for all of them.
    public func length(of family: AddressFamily) -> Int? { family == .ipv4 ? ipv4Length : ipv6Length }

    /// As it is written: `src`, `src/24`, `src/24/64`.
    public var name: String {
        switch (ipv4Length, ipv6Length) {
        case (nil, nil): subject.name
        case (let length?, nil), (nil, let length?): "\(subject.name)/\(length)"
        case (let ipv4?, let ipv6?): "\(subject.name)/\(ipv4)/\(ipv6)"
        }
    }
}

extension GroupColumn.Subject {
    /// The column's name.
    public var name: String { spellings[0] }

    /// Every way to write it, its name first.
    var spellings: [String] {
        switch self {
        case .source: ["src", "sip", "srcip", "snet", "source"]
        case .sourcePort: ["sport", "srcport"]
        case .destination: ["dst", "dip", "dstip", "dnet", "destination"]
        case .destinationPort: ["dport", "dstport"]
        case .transport: ["proto", "protocol"]
        case .family: ["family"]
        case .ingress: ["iif"]
        case .egress: ["oif"]
        case .rule: ["rule"]
        case .verdict: ["verdict"]
        case .zone: ["zone"]
        case .mark: ["mark"]
        case .state: ["state"]
        case .helper: ["helper"]
        case .lane: ["lane"]
        case .exactness: ["exactness"]
        case .user: ["uid", "user"]
        case .userGroup: ["gid"]
        case .sender: ["mac", "smac", "srcmac"]
        case .vlan: ["vlan"]
        case .physicalIngress: ["physin"]
        case .physicalEgress: ["physout"]
        case .translatedSource: ["natsrc", "snat"]
        case .translatedSourcePort: ["natsport", "natsrcport"]
        case .translatedDestination: ["natdst", "dnat"]
        case .translatedDestinationPort: ["natdport", "natdstport"]
        }
    }
}
