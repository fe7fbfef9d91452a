/// The words of nft's rules that matter as such.
enum NFTWords {
    /// Whether a word can only stand in a match: no statement that does something begins with it or needs it.
    ///
    /// A rule may log and decide (`tcp dport 445 log group 9 drop`), and who deletes it opens the firewall. So what is not
    /// known to be harmless counts as an effect: a word too few in the list below costs a command, one too many a rule.
    static func isPartOfMatch(_ word: String) -> Bool {
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

    /// Whether the answer to what these words ask is the same for all packets of one direction of a session.
    ///
    /// - Parameter fixedSets: those to which nothing is added by itself, and from which nothing goes so.
    static func isSteady(_ words: [String], _ fixedSets: Set<String>) -> Bool {
        !words.isEmpty
            && words.allSatisfy { word in
                if word.hasPrefix("@") { return fixedSets.contains(String(word.dropFirst())) }
                return word.first?.isNumber == true || word.contains(":") || steadyWords.contains(word)
            }
    }

    private static let steadyWords = Set(
        """
        ! != == < <= > >= & | ^ . ( ) { } ,
        ip ip6 tcp udp udplite sctp dccp th meta ct original
        saddr daddr sport dport protocol nexthdr l4proto nfproto ipv4 ipv6 icmp icmpv6 ipv6-icmp
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    /// What makes conntrack track sessions where a rule has it.
    static let tracking: Set = ["ct", "masquerade", "snat", "dnat", "redirect", "synproxy"]

    /// A statement without what it remembers: a counter's numbers, how much of a quota was used, when something was last seen are another
    /// thing each time.
    static func withoutState(_ statement: [String]) -> [String] {
        switch statement.first {
        case "counter": Array(statement.prefix { $0 != "packets" })
        case "quota", "last": Array(statement.prefix { $0 != "used" })
        default: statement
        }
    }

    /// What begins a header's or a packet's property.
    static let subjects: Set = [
        "ip", "ip6", "tcp", "udp", "udplite", "sctp", "dccp", "th", "icmp", "icmpv6", "ether", "vlan", "arp", "meta",
        "ct",
        "rt", "fib", "socket", "osf", "numgen", "jhash", "symhash", "exthdr", "ipsec",
    ]

    /// What stands before a value that something is compared with.
    static let comparisons: Set = ["!", "!=", "==", "&", "|", "("]

    static let operators: Set = ["vmap", "map", "&", "|", "^", "/", "and", "or", "xor", ".", "<<", ">>"]
}
