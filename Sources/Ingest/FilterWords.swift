internal import FlowModel

/// The words of tcpdump's language (pcap-filter(7)) that mean what they say, wherever they are read.
///
/// Any other word is a name, of a host, a network, a service or a protocol, for which libpcap asks the host's resolver.
enum FilterWords {
    private static let known = Set(
        """
        and or not src dst host net mask port portrange gateway proto ip ip6 arp rarp tcp udp icmp icmp6 igmp sctp ah esp pim vrrp \
        broadcast multicast less greater len tcpflags tcp-fin tcp-syn tcp-rst tcp-push tcp-ack tcp-urg icmptype icmpcode icmp-echo \
        icmp-echoreply icmp-unreach icmp-timxceed
        """.split(separator: " "))

    /// Of more words libpcap may make a program for seconds, and nobody can stop it.
    private static let limit = 100

    /// Whether none of an expression's words is a name, and there are no more than libpcap has soon understood.
    static func areKnown(_ expression: String) -> Bool {
        // Of names it takes what these consist of; a backslash makes a name of any word.
        let words = expression.split { !$0.isLetter && !$0.isNumber && !":.-_\\".contains($0) }
        return words.count <= limit && expression.utf8.count <= 16 * limit
            && words.indices.allSatisfy { place in
                // Two numbers are a name anywhere else.
                let isRange = place > 0 && words[place - 1] == "portrange" && Self.isRange(words[place])
                return isRange || known.contains(words[place]) || isNumber(words[place]) || isAddress(words[place])
            }
    }

    private static func isAddress(_ word: Substring) -> Bool {
        IPAddress.parse(word) != nil || IPAddress.parse(octets: word) != nil
    }

    private static func isRange(_ word: Substring) -> Bool { word.split(separator: "-").allSatisfy(isNumber) }

    private static func isNumber(_ word: Substring) -> Bool {
        let digits = word.hasPrefix("0x") ? word.dropFirst(2) : word
        return UInt32(digits, radix: digits.count < word.count ? 16 : 10) != nil
    }
}
