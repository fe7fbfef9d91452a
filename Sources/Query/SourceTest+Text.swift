import FlowModel

extension SourceTest {
    /// The test in words near a filter's; an address or a port of any place has no column there.
    var text: String {
        func equal(_ column: String, _ value: String?) -> String {
            FilterText.equality(column, value ?? "?", isNegated)
        }
        return switch subject {
        case .family(let family): equal("family", family == .ipv4 ? "ipv4" : "ipv6")
        case .transport(let range):
            FilterText.range("proto", range, isNegated) { TransportProtocol(rawValue: $0).keyword ?? String($0) }
        case .address(let places, let prefix): equal(places.side?.addressName ?? "an address", prefix.text)
        case .port(let places, let range): FilterText.range(places.side?.portName ?? "a port", range, isNegated)
        case .zone(let range): FilterText.range("zone", range, isNegated)
        case .mark(let value, let mask): equal("mark", SessionTest.mark(value, mask))
        case .status(let bits): SessionTest(.status(bits), isNegated: isNegated).text(NameTable().snapshot)
        }
    }
}

extension TuplePlaces {
    /// The one side that is meant; `nil` for several.
    fileprivate var side: SessionTest.Side? {
        switch self {
        case .originalSource: .source
        case .originalDestination: .destination
        case .replyDestination: .translatedSource
        case .replySource: .translatedDestination
        default: nil
        }
    }
}
