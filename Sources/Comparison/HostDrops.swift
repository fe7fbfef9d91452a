internal import FlowModel

/// Packets that the host itself dropped, by its own counts: what stands behind that place on their way did not take them.
struct HostDrops {
    /// Where on their way, in its order.
    enum Point {
        /// Before the first of the host's hooks (`ip_rcv_core`).
        case arrival
        /// Where conntrack looks at them first.
        case tracking
        /// Behind the first hook, where their options are read and their way is looked for (`ip_rcv_finish`).
        case routing
        /// Where those that are not for the host are passed on (`ip_forward`).
        case forwarding

        /// Whether packets come to it before they come to a hook's chain.
        func precedes(_ place: HookPlace) -> Bool {
            switch self {
            case .arrival: place.hook != .ingress
            case .tracking: !place.isBeforeConntrack
            case .routing: !place.isBeforeRouting
            case .forwarding: place.hook == .forward || place.hook == .postrouting || place.hook == .egress
            }
        }
    }

    /// What one counter, or those of one kind, rose by.
    struct Drop {
        var point: Point
        /// `nil` of both.
        var family: AddressFamily?
        /// Tells it from others of its family.
        var name: String
        /// Packets of which nothing else is known.
        var count: UInt64
        /// `IpInHdrErrors rose by 5 (the end of their life, or a wrong header)`
        var sentence: String
        /// Whether it is of packets only that the host's routing refuses.
        var isRefusal = false
        /// Shorter packets are none of these.
        var leastLength: UInt64 = 0

        /// How many of these packets at most are among them.
        func most(of packets: Counters) -> UInt64 {
            let most = min(count, packets.packetCount)
            return leastLength > 0 ? min(most, packets.byteCount / leastLength) : most
        }
    }

    private(set) var drops: [Drop] = []

    init() {}

    /// - Parameter answeredCount: packets that the host was seen to answer with ICMP errors.
    init(_ growth: StackCounters, _ failures: ConntrackFailures?, answeredCount: UInt64) {
        // What came to the end of its life the host answers, unless a rule, a setting or its pace keeps it from that.
        func answered(_ names: String...) -> UInt64 {
            min(names.reduce(UInt64(0)) { $0.adding(growth[$1]) }, answeredCount)
        }
        func note(
            _ point: Point, _ family: AddressFamily, _ name: String, _ hint: String, butFor others: UInt64 = 0,
            isRefusal: Bool = false, leastLength: UInt64 = 0
        ) {
            drops.append(
                Drop(
                    point: point, family: family, name: name, count: growth[name].lacking(others),
                    sentence: "\(name) rose by \(growth[name]) (\(hint))", isRefusal: isRefusal,
                    leastLength: leastLength))
        }
        let policies = growth.names.filter(Self.isOfPolicies)
        let policed = policies.reduce(UInt64(0)) { $0.adding(growth[$1]) }
        let life = answered("IcmpOutTimeExcds", "IcmpOutParmProbs")
        note(.arrival, .ipv4, "IpExtInCsumErrors", "the header's checksum is wrong")
        note(.arrival, .ipv4, "IpExtInTruncatedPkts", "shorter than the header says")
        note(.arrival, .ipv4, "IpInDiscards", "no memory")
        // Among these are those of the checksum.
        note(
            .routing, .ipv4, "IpInHdrErrors", "the end of their life, or a wrong header",
            butFor: growth["IpExtInCsumErrors"].adding(life))
        note(.routing, .ipv4, "IpExtInNoRoutes", "no route", isRefusal: true)
        note(.routing, .ipv4, "IpInAddrErrors", "not to be passed on", isRefusal: true)
        note(
            .routing, .ipv4, "TcpExtIPReversePathFilter", "a source that may not come from there", isRefusal: true)
        note(.forwarding, .ipv4, "IpFragFails", "too large for the next link", leastLength: Self.commonLength)
        note(.arrival, .ipv6, "Ip6InTruncatedPkts", "shorter than the header says")
        // What policies drop on the way on is counted here, too (`ip6_forward`).
        note(.arrival, .ipv6, "Ip6InDiscards", "IPv6 is off at the interface, or no memory", butFor: policed)
        note(
            .routing, .ipv6, "Ip6InHdrErrors", "the end of their life, or a wrong header",
            butFor: answered("Icmp6OutTimeExcds", "Icmp6OutParmProblems"))
        note(.routing, .ipv6, "Ip6InNoRoutes", "no route", isRefusal: true)
        note(.routing, .ipv6, "Ip6InAddrErrors", "not to be passed on", isRefusal: true)
        note(.forwarding, .ipv6, "Ip6InTooBigErrors", "too large for the next link", leastLength: Self.leastLinkLength)
        let counters = policies.prefix(3).map { "\($0) rose by \(growth[$0])" }.joined(separator: ", ")
        drops.append(
            Drop(point: .forwarding, name: "Xfrm", count: policed, sentence: "\(counters) (an IPsec policy)"))
        let full = failures?.drops ?? 0
        drops.append(
            Drop(
                point: .tracking, name: "conntrack", count: full, sentence: "conntrack dropped \(full) for want of room"
            ))
        drops.removeAll { $0.count == 0 }
    }

    /// Whether a counter is of packets that are not encrypted; those of encrypted ones, which are for the host, are behind its rules.
    private static func isOfPolicies(_ name: String) -> Bool {
        name.hasPrefix("XfrmOut") || name.hasPrefix("XfrmFwd") || name.hasPrefix("XfrmInPol")
            || name == "XfrmInNoPols" || name == "XfrmInTmplMismatch"
    }

    /// Bytes of the longest packet that every link is to take: of IPv4 by custom, as the 68 of RFC 791 no link has, of IPv6 by RFC 8200
    /// section 5.
    private static var commonLength: UInt64 { 576 }
    static var leastLinkLength: UInt64 { 1280 }

    /// In words.
    static func sentence(_ drops: [Drop]) -> String {
        "these may be packets that the host itself dropped: \(drops.map(\.sentence).joined(separator: ", "))"
    }
}
