/// What the words of one of nft's rules say of logging.
struct NFTRule {
    /// The groups that it logs to, one for each of its log statements that has one.
    private(set) var groups: [UInt16] = []
    /// Whether it only matches, counts for itself and logs to one group.
    ///
    /// A rule may log and decide (`tcp dport 445 log group 9 drop`), and who deletes it opens the firewall. So what is not
    /// known to be harmless counts as an effect: a word too few in the list below costs a command, one too many a rule.
    private(set) var onlyLogs = true

    init(_ words: [String]) {
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "log": readLog(&rest)
            case "counter": readCounter(&rest)
            case "comment": rest = rest.dropFirst()
            case "{":
                if let end = rest.firstIndex(of: "}") { rest = rest[(end + 1)...] } else { onlyLogs = false }
            default:
                if !Self.isPartOfMatch(word) { onlyLogs = false }
            }
        }
        if groups.count != 1 { onlyLogs = false }
    }

    /// `log prefix "new" group 100 snaplen 128`. Without a group it is for syslog, which somebody may read.
    private mutating func readLog(_ rest: inout ArraySlice<String>) {
        var group: UInt16?
        while let option = rest.first, Self.logOptions.contains(option), let value = rest.dropFirst().first {
            if option == "group" { group = UInt16(value) }
            rest = rest.dropFirst(2)
        }
        if let group { groups.append(group) } else { onlyLogs = false }
    }

    private static let logOptions: Set = ["prefix", "group", "snaplen", "queue-threshold", "level", "flags"]

    /// `counter packets 0 bytes 0`. One with a name is somebody's.
    private mutating func readCounter(_ rest: inout ArraySlice<String>) {
        if rest.first == "packets" { rest = rest.dropFirst(4) }
    }

    /// Whether a word can only stand in a match: no statement that does something begins with it or needs it.
    private static func isPartOfMatch(_ word: String) -> Bool {
        if word.hasPrefix("\"") || word.hasPrefix("@") { return true }
        return word.split(separator: ",").allSatisfy { part in
            part.first?.isNumber == true || part.contains(":") || matchWords.contains(String(part))
        }
    }

    /// Neither `set` nor `vmap` nor `name` is among them, and no value that is also the name of a statement (`snat`, `redirect`).
    private static let matchWords = Set(
        """
        ! != == < <= > >= & | ^ / . ( )
        ip ip6 tcp udp udplite icmp icmpv6 igmp ether vlan arp esp ah comp dccp sctp gre th ipv4 ipv6 ipv6-icmp
        saddr daddr sport dport protocol nexthdr length version hdrlength dscp ecn id frag-off ttl hoplimit flowlabel
        flags sequence ackseq doff window type code operation spi pcp dei
        meta l4proto nfproto mark iif iifname iiftype iifgroup oif oifname oiftype oifgroup skuid skgid rtclassid
        ibrname obrname pkttype cpu cgroup priority time day hour
        ct state status direction original reply zone expiration proto-src proto-dst bytes packets avgpkt
        fib rt nexthop socket transparent wildcard
        new established related untracked invalid expected assured confirmed dying seen-reply
        fin syn rst psh ack urg cwr
        local unicast broadcast multicast anycast host other missing exists request
        echo-request echo-reply destination-unreachable time-exceeded parameter-problem packet-too-big
        nd-neighbor-solicit nd-neighbor-advert nd-router-solicit nd-router-advert
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
