public import FlowModel

/// What the sessions of a group have in one of its columns.
public enum GroupValue: Hashable, Sendable {
    /// It is not known of these sessions, or they do not have it.
    case unknown
    case number(UInt64)
    /// An address, or with a length the network of so many bits.
    case address(IPAddress, AddressFamily, length: Int?)
    /// A rule's, a helper's or an interface's name.
    case name(NameID)
    /// An interface without a name.
    case interface(InterfaceIndex)
    /// A word of nfmon's own.
    case word(String)
}

extension GroupColumn {
    /// What the words of a ``GroupKeyWriter`` mean.
    func value(_ words: ArraySlice<UInt64>, family: AddressFamily) -> GroupValue {
        guard let first = words.first else { return .unknown }
        switch subject {
        case .source, .destination, .translatedSource, .translatedDestination:
            let address = IPAddress(high: words[words.startIndex + 1], low: first)
            return .address(address, family, length: length(of: family))
        case .sourcePort, .destinationPort, .translatedSourcePort, .translatedDestinationPort, .zone, .mark,
            .user, .userGroup, .vlan:
            return .number(first)
        case .ingress, .egress, .physicalIngress, .physicalEgress:
            let name = NameID(rawValue: UInt16(truncatingIfNeeded: first >> 32))
            return name.isNone ? .interface(InterfaceIndex(truncatingIfNeeded: first)) : .name(name)
        case .rule, .helper: return .name(NameID(rawValue: UInt16(truncatingIfNeeded: first)))
        case .transport:
            let transport = TransportProtocol(rawValue: UInt8(truncatingIfNeeded: first))
            return .word(transport.keyword ?? String(transport.rawValue))
        case .family: return .word(first == UInt64(AddressFamily.ipv4.rawValue) ? "ipv4" : "ipv6")
        case .verdict: return .word(Verdict(rawValue: UInt8(truncatingIfNeeded: first))?.keyword ?? "")
        case .state:
            let state = TCPState(rawValue: UInt8(truncatingIfNeeded: first))
            return .word(state.keyword ?? String(first))
        case .lane:
            let lanes = Lane.allCases.enumerated().filter { first & 1 << UInt64($0.offset) != 0 }
            return .word(lanes.map(\.element.keyword).joined(separator: "+"))
        case .sender: return .word(HardwareAddress(numbered: first).text)
        case .exactness: return .word(Exactness(rawValue: UInt8(truncatingIfNeeded: first))?.keyword ?? "")
        }
    }
}
