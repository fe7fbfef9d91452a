public import FlowModel

extension SessionFilter {
    /// What conntrack need not tell of: sessions whose messages alone show that they are not meant.
    ///
    /// - Parameter joinsPackets: whether logged packets are read, too. A packet may show any address of its session, before or
    ///   after translation and in either direction, and must not be taken for a session of its own because conntrack's word was
    ///   left out: an address then counts wherever in both tuples it is. Nor may it be taken for another zone's session, as it does
    ///   not tell its zone: that is left to the filter itself.
    public func sourceFilter(joinsPackets: Bool) -> SourceFilter {
        SourceFilter(tree.replacing { $0.sourceTest(joinsPackets: joinsPackets).map { .test($0) } ?? .always })
    }
}

extension SessionTest {
    /// A test that passes wherever this one does; `nil` where conntrack's messages say nothing about it.
    fileprivate func sourceTest(joinsPackets: Bool) -> SourceTest? {
        let subject: SourceTest.Subject? =
            switch self.subject {
            case .family(let family): .family(family)
            case .transport(let range): .transport(range)
            case .address(let side, let prefix): .address(side.places(joinsPackets), prefix)
            case .port(let side, let range): .port(side.places(joinsPackets), range)
            case .zone(let range): joinsPackets ? nil : .zone(range)
            case .mark(let value, let mask): .mark(value: value, mask: mask)
            case .status(let bits): .status(bits)
            default: nil
            }
        return subject.map { SourceTest($0, isNegated: isNegated) }
    }
}

extension SessionTest {
    /// Whether conntrack's messages say anything about it.
    var isToldByMessages: Bool { sourceTest(joinsPackets: false) != nil }
}

extension SessionTest.Side {
    fileprivate func places(_ joinsPackets: Bool) -> TuplePlaces {
        if joinsPackets { return [.originalSource, .originalDestination, .replySource, .replyDestination] }
        return switch self {
        case .source: .originalSource
        case .destination: .originalDestination
        // Where the answers go is what the source was translated to.
        case .translatedSource: .replyDestination
        case .translatedDestination: .replySource
        }
    }
}
