import FlowModel
import Query

// What the Elastic Common Schema has no names for: the members of `nfmon` that every record about a session has.

extension JSONText {
    /// Opens `nfmon`, which the caller closes, with the session's identity.
    mutating func openNfmon(of session: borrowing Session, _ ids: borrowing CommunityIDTexts) {
        append(words.nfmon)
        append(words.session)
        append(hexadecimal: session.record.id.rawValue)
        append(UInt8(ascii: "\""))
        if ids.translated.count > 0 { field(words.translatedCommunityID, ids.translated) }
    }

    /// Appends everything else that is known of the session.
    mutating func appendFacts(of session: borrowing Session, names: borrowing NameBook) {
        let verdict = session.verdict
        if verdict != .unknown {
            field(words.verdict, words.verdicts[Int(verdict.rawValue)])
        }
        let transport = session.record.original.transport
        if transport.isICMP, let message = session.record.icmp { append(message) }
        if transport == .gre { appendGREKeys(of: session.record.original) }
        if session.record.shownState != nil {
            field(words.tcpState, words.tcpStates[Int(session.record.tcpState.rawValue)])
        }
        if let zone = session.zone {
            field(words.zone, UInt64(zone))
            // A zone of one direction only.
            if session.record.reply.zone != zone { field(words.replyZone, UInt64(session.record.reply.zone)) }
        }
        if let mark = session.mark { field(words.mark, UInt64(mark)) }
        if !session.record.helper.isNone { field(words.helper, session.record.helper, names) }
        append(session.denials, names: names)
        if !session.record.facts.isDisjoint(with: [.nflog, .packet]) { appendWays(of: session, names) }
        appendStatus(session.record.status)
        appendLanes(of: session)
        appendExactness(of: session)
        append(session.taps, names)
    }

    private mutating func append(_ message: ICMPMessage) {
        field(words.icmpType, UInt64(message.type))
        field(words.icmpCode, UInt64(message.code))
        if let identifier = message.identifier { field(words.icmpIdentifier, UInt64(identifier)) }
        closeObject()
    }

    private mutating func appendGREKeys(of key: FlowKey) {
        guard key.sourceGREKey != nil || key.destinationGREKey != nil else { return }
        append(words.gre)
        if let number = key.sourceGREKey { fieldAndComma(words.sourceKey, UInt64(number)) }
        if let number = key.destinationGREKey { fieldAndComma(words.destinationKey, UInt64(number)) }
        replaceLast(by: UInt8(ascii: "}"))
    }

    private mutating func fieldAndComma(_ key: borrowing ShortText, _ number: UInt64) {
        field(key, number)
        append(UInt8(ascii: ","))
    }

    /// Translation and the helper have members of their own, and confirmed is every entry.
    private mutating func appendStatus(_ status: ConntrackStatus) {
        guard !status.isDisjoint(with: .shown) else { return }
        append(words.status)
        if status.contains(.expected) { append(words.expected) }
        if status.contains(.seenReply) { append(words.seenReply) }
        if status.contains(.assured) { append(words.assured) }
        if status.contains(.fixedTimeout) { append(words.fixedTimeout) }
        if status.contains(.offload) { append(words.offload) }
        if status.contains(.hardwareOffload) { append(words.hardwareOffload) }
        replaceLast(by: UInt8(ascii: "]"))
    }

    private mutating func appendLanes(of session: borrowing Session) {
        let facts = session.record.facts
        guard !facts.contains(.packet) else { return appendLanes(withPackets: facts) }
        let isTracked = facts.contains(.conntrack)
        if !facts.contains(.nflog) {
            if isTracked { append(words.conntrackLane) }
        } else {
            append(isTracked ? words.bothLanes : words.nflogLane)
        }
    }

    private mutating func appendLanes(withPackets facts: SessionFacts) {
        append(words.lanes)
        if facts.contains(.conntrack) { append(words.conntrackWord) }
        if facts.contains(.nflog) { append(words.nflogWord) }
        append(words.packetWord)
    }

    /// Whether the totals are exact, and what rules logged with its own exactness: lanes are never added up.
    private mutating func appendExactness(of session: borrowing Session) {
        switch session.exactness {
        case .exact: append(words.exact)
        case .lowerBound:
            append(words.inexact)
            append(words.lowerBound)
        case .frozen:
            append(words.inexact)
            append(words.frozen)
        case .unknown: break
        }
        guard let lane = session.nflog else { return }
        field(words.nflogPackets, lane.counters.total.packetCount)
        field(words.bytes, lane.counters.total.byteCount)
        append(lane.isLowerBound ? words.inexact : words.exact)
        if lane.isLowerBound { append(words.lowerBound) }
        closeObject()
        if lane.errorCount > 0 { field(words.errors, UInt64(lane.errorCount)) }
    }
}

extension ConntrackStatus {
    fileprivate static var shown: ConntrackStatus {
        [.expected, .seenReply, .assured, .fixedTimeout, .offload, .hardwareOffload]
    }
}
