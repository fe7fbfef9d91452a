extension CommunityID {
    /// What a tuple has in the place of ports, as the specification sees it.
    struct Ports {
        /// `nil` for a protocol of which addresses and protocol alone count.
        var numbers: (source: UInt16, destination: UInt16)?
        /// A message that has no answer is not the same flow the other way round.
        var areOneWay = false

        /// `nil` where the tuple does not say them.
        init?(of key: FlowKey) {
            switch (key.transport, key.family) {
            case (.tcp, _), (.udp, _), (.sctp, _):
                guard key.sourcePort | key.destinationPort != 0 else { return nil }
                numbers = (key.sourcePort, key.destinationPort)
            case (.icmp, .ipv4), (.icmpv6, .ipv6):
                guard key.sourcePort | key.destinationPort != 0 else { return nil }
                let counterpart = Self.counterpart(of: key.icmpType, family: key.family)
                numbers = (UInt16(key.icmpType), UInt16(counterpart ?? key.icmpCode))
                areOneWay = counterpart == nil
            default: numbers = nil
            }
        }

        /// The type of the messages that go the other way in the same exchange: conntrack's, and some that it does not know.
        private static func counterpart(of type: UInt8, family: AddressFamily) -> UInt8? {
            let answer = FlowKey.answer(to: type, family: family)
            if answer != type { return answer }
            return switch (family, type) {
            case (.ipv4, 9): 10  // router advertisement and solicitation
            case (.ipv4, 10): 9
            case (.ipv6, 130): 131  // multicast listener query and report
            case (.ipv6, 131): 130
            case (.ipv6, 133): 134  // router solicitation and advertisement
            case (.ipv6, 134): 133
            case (.ipv6, 135): 136  // neighbor solicitation and advertisement
            case (.ipv6, 136): 135
            case (.ipv6, 144): 145  // home agent discovery
            case (.ipv6, 145): 144
            default: nil
            }
        }
    }
}
