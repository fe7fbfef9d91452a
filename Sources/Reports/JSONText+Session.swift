import FlowModel
import Query

// A session in the words of the Elastic Common Schema: the same in the event stream and in the list of sessions.

extension JSONText {
    /// Closes `event` and appends the members `network` to `rule`.
    mutating func appendTraffic(
        of session: borrowing Session, _ ids: borrowing CommunityIDTexts, names: borrowing NameBook
    ) {
        let counters = session.counters
        appendNetwork(session.record.original, ids.original, counters?.total)
        append(words.source)
        appendSide(
            session.record.source, session.nflog?.originalPath.sender, session.counters(of: .original),
            translated: session.record.translatedSource)
        append(words.destination)
        appendSide(
            session.record.destination, session.nflog?.replyPath.sender, session.counters(of: .reply),
            translated: session.record.translatedDestination)
        closeObject()
        guard !session.record.facts.isDisjoint(with: [.nflog, .packet]) else { return }
        appendObserver(of: session, names)
        let rule = session.rule
        if !rule.isNone {
            field(words.rule, rule, names)
            closeObject()
        }
        if let owner = session.nflog?.owner { append(owner: owner) }
    }

    /// Appends `network`, which the next member's key closes.
    private mutating func appendNetwork(_ key: FlowKey, _ id: borrowing ShortText, _ total: Counters?) {
        append(key.family == .ipv4 ? words.networkIPv4 : words.networkIPv6)
        // A keyword by ECS, so a number, too, is written as a string.
        field(words.transport, words.transports[Int(key.transport.rawValue)])
        if id.count > 0 { field(words.communityID, id) }
        append(total)
    }

    /// Appends `source` or `destination` after the opening quote of its address; the next member's key closes it.
    private mutating func appendSide(
        _ endpoint: Endpoint, _ sender: HardwareAddress?, _ counters: Counters?, translated: Endpoint?
    ) {
        append(endpoint)
        if let sender { append(sender: sender) }
        append(counters)
        if let translated {
            append(words.nat)
            append(translated)
            closeObject()
        }
    }

    private mutating func append(_ endpoint: Endpoint) {
        append(endpoint.address, family: endpoint.family)
        append(UInt8(ascii: "\""))
        if let port = endpoint.port { field(words.port, UInt64(port)) }
    }

    /// Unknown counters are absent.
    private mutating func append(_ counters: Counters?) {
        guard let counters else { return }
        field(words.bytes, counters.byteCount)
        field(words.packets, counters.packetCount)
    }
}
