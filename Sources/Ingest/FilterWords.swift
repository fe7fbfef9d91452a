internal import FlowModel

/// The words of tcpdump's language (pcap-filter(7)) that mean what they say, wherever they are read.
///
/// Any other word is a name, of a host, a network, a service or a protocol, for which libpcap asks the host's resolver.
enum FilterWords {
    private static let known = Set(
        """
        and or not src dst host net mask port portrange gateway proto ip ip6 arp rarp tcp udp icmp icmp6 igmp sctp ah esp pim vrrp \
        ether broadcast multicast less greater len vlan mpls pppoes link type tcpflags icmptype icmpcode syn ack fin rst push urg \
        echo echoreply
        """.split(separator: " "))

    /// Of more words libpcap may make a program for seconds, and nobody can stop it.
    private static let limit = 100

    /// Whether none of an expression's words is a name, and there are no more than libpcap has soon understood.
    static func areKnown(_ expression: String) -> Bool {
        let words = expression.split { !$0.isLetter && !$0.isNumber && $0 != ":" && $0 != "." && $0 != "_" }
        return words.count <= limit && expression.utf8.count <= 16 * limit
            && words.allSatisfy { word in
                known.contains(word) || isNumber(word) || IPAddress.parse(word) != nil
                    || IPAddress.parse(octets: word) != nil
            }
    }

    private static func isNumber(_ word: Substring) -> Bool {
        let digits = word.hasPrefix("0x") ? word.dropFirst(2) : word
        return UInt32(digits, radix: digits.count < word.count ? 16 : 10) != nil
    }
}
