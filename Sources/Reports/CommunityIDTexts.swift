import FlowModel

/// A session's Community IDs as texts, before and after translation; empty where there is none.
struct CommunityIDTexts: Sendable {
    /// Of the packets as the initiator sends them.
    var original = ShortText.empty
    /// Of the same packets when they are translated. Empty also where the translation changes nothing that the first is made
    /// of, such as an ICMP identifier.
    var translated = ShortText.empty

    init() {}

    init(of session: borrowing Session) {
        self.init(of: session.record.original, reply: session.record.reply, facts: session.record.facts) {
            ShortText(CommunityID(of: $0))
        }
    }

    /// - Parameters:
    ///   - original: the first of a session's tuples; these and not the session, as that is large.
    ///   - reply: the other, which carries the translation.
    ///   - facts: the session's; of several attempts that stand as one session with ports left out, there is no ID.
    ///   - text: the text of a tuple's Community ID.
    @inline(__always)
    init(of original: FlowKey, reply: FlowKey, facts: SessionFacts, text: (FlowKey) -> ShortText) {
        guard facts.isDisjoint(with: .portsUnknown) || !original.hasPorts else { return }
        self.original = text(original)
        guard !reply.answers(original) else { return }
        let text = text(reply.inverse)
        if text != self.original { translated = text }
    }
}

extension SessionFacts {
    fileprivate static var portsUnknown: SessionFacts { [.sourcePortVaries, .destinationPortVaries, .fragments] }
}

extension ShortText {
    init(_ id: CommunityID?) {
        self = id.map { ShortText(words: $0.text, count: CommunityID.textLength) } ?? .empty
    }
}
