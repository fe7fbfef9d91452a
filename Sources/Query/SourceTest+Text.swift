import FlowModel

extension SourceTest {
    /// The test in words near a filter's; an address or a port of any place has no column there.
    var text: String {
        switch subject {
        case .family(let family): text(as: .family(family))
        case .transport(let range): text(as: .transport(range))
        case .address(let places, let prefix):
            FilterText.equality(places.side?.addressName ?? "an address", prefix.text, isNegated)
        case .port(let places, let range): FilterText.range(places.side?.portName ?? "a port", range, isNegated)
        case .zone(let range): text(as: .zone(range))
        case .mark(let value, let mask): text(as: .mark(value: value, mask: mask))
        case .status(let bits): text(as: .status(bits))
        }
    }

    /// What the filter has the same test for is spelled as there.
    private func text(as subject: SessionTest.Subject) -> String {
        SessionTest(subject, isNegated: isNegated).text(NameTable().snapshot)
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
