/// What to write instead of words of other tools that no session has a column for.
enum FilterHint {
    /// - Parameter word: in lower case.
    static func text(for word: String) -> String? {
        switch word {
        case "flags", "tcpflags": "conntrack keeps no TCP flags: ask for state, as in state = established"
        case "bps": "a rate is in bytes here: use rate, as in rate > 1M"
        case "bpp": "use bytes and packets"
        case "as", "asn", "srcas", "dstas": "no source knows autonomous systems: use net"
        case "tos", "dscp", "ttl", "len", "length": "it is a packet's and no session's"
        case "ether", "arp", "rarp": "sessions begin at the IP header"
        case "gateway", "broadcast", "multicast": "use net, as in dst net 224.0.0.0/4"
        case "dir", "direction", "inbound", "outbound":
            "a session is of both directions; who began it is src: use iif or oif"
        case "time", "since", "until", "first", "last": "use start, as in start > -10m"
        case "flows", "sessions": "it is a column of groups: use --by, and --having"
        case "drop", "accept", "reject", "block", "pass":
            "use verdict, as in verdict = \(word == "pass" ? "accept" : word == "block" ? "drop" : word)"
        case "ident", "exporter", "engine": "there is one source of sessions here"
        case "xip", "nip", "srcxip", "dstxip": "use natsrc or natdst"
        case "mask": "write the network with its length, as in net 10.0.0.0/8"
        default: nil
        }
    }
}
