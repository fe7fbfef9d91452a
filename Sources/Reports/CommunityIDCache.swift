import FlowModel

/// The Community IDs of the tuples that were asked for last: a session's events come close together.
///
/// A tuple has one place, which it shares with others; whoever comes takes it. So the memory is fixed, an answer costs the
/// same whatever was asked before, and it is always right.
struct CommunityIDCache: Sendable {
    private static let placeCount = 4096

    private var places: [Place] = []

    private struct Place {
        var key = FlowKey.empty
        /// Empty where nothing is known.
        var text = ShortText.empty
    }

    /// Both of the session with these tuples and facts.
    mutating func texts(of original: FlowKey, reply: FlowKey, facts: SessionFacts) -> CommunityIDTexts {
        // Not at once: most reports never ask.
        if places.isEmpty { places = [Place](repeating: Place(), count: Self.placeCount) }
        return CommunityIDTexts(of: original, reply: reply, facts: facts) { text(of: $0) }
    }

    private mutating func text(of key: FlowKey) -> ShortText {
        let index = Self.place(of: key)
        if places[index].key == key, places[index].text.count > 0 { return places[index].text }
        let text = ShortText(CommunityID(of: key))
        places[index] = Place(key: key, text: text)
        return text
    }

    /// A sum of products, which the processor makes side by side; any part of the tuple may be the only one that differs.
    private static func place(of key: FlowKey) -> Int {
        let rest = UInt64(key.sourcePort) << 24 | UInt64(key.destinationPort) << 8 | UInt64(key.transport.rawValue)
        let hash =
            key.source.high &* 0x9e37_79b9_7f4a_7c15 &+ key.source.low &* 0xc2b2_ae3d_27d4_eb4f
            &+ key.destination.high &* 0x1656_67b1_9e37_79f9 &+ key.destination.low &* 0x85eb_ca77_c2b2_ae63
            &+ rest &* 0x27d4_eb2f_1656_67c5
        return Int(truncatingIfNeeded: hash >> 52)
    }
}
