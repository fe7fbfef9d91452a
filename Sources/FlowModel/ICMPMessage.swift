/// What an ICMP or ICMPv6 tuple has in the place of ports.
public struct ICMPMessage: Hashable, Sendable {
    public var type: UInt8
    public var code: UInt8
    /// `nil` where messages of this type have none: all but queries and their answers.
    public var identifier: UInt16?
    public var family: AddressFamily

    public init(type: UInt8, code: UInt8, identifier: UInt16?, family: AddressFamily) {
        self.type = type
        self.code = code
        self.identifier = identifier
        self.family = family
    }

    /// The type's name as nft writes it in rules (`nft describe icmp type`), or `nil` where nfmon knows none.
    public var keyword: String? { family == .ipv4 ? Self.keyword(ipv4: type) : Self.keyword(ipv6: type) }

    private static func keyword(ipv4 type: UInt8) -> String? {
        switch type {
        case 0: "echo-reply"
        case 3: "destination-unreachable"
        case 4: "source-quench"
        case 5: "redirect"
        case 8: "echo-request"
        case 9: "router-advertisement"
        case 10: "router-solicitation"
        case 11: "time-exceeded"
        case 12: "parameter-problem"
        case 13: "timestamp-request"
        case 14: "timestamp-reply"
        case 15: "info-request"
        case 16: "info-reply"
        case 17: "address-mask-request"
        case 18: "address-mask-reply"
        default: nil
        }
    }

    private static func keyword(ipv6 type: UInt8) -> String? {
        switch type {
        case 1: "destination-unreachable"
        case 2: "packet-too-big"
        case 3: "time-exceeded"
        case 4: "parameter-problem"
        case 128: "echo-request"
        case 129: "echo-reply"
        case 130: "mld-listener-query"
        case 131: "mld-listener-report"
        case 132: "mld-listener-done"
        case 133: "nd-router-solicit"
        case 134: "nd-router-advert"
        case 135: "nd-neighbor-solicit"
        case 136: "nd-neighbor-advert"
        case 137: "nd-redirect"
        case 138: "router-renumbering"
        case 141: "ind-neighbor-solicit"
        case 142: "ind-neighbor-advert"
        case 143: "mld2-listener-report"
        default: nil
        }
    }

    /// Whether a message of this type is a query or its answer, which have an identifier.
    public static func hasIdentifier(type: UInt8, family: AddressFamily) -> Bool {
        switch family {
        case .ipv4: [0, 8, 13, 14, 15, 16, 17, 18].contains(type)
        case .ipv6: [128, 129, 139, 140].contains(type)
        }
    }
}
