import FlowModel
import Query

// What the Elastic Common Schema has no names for: the members of `nfmon` that every record about a session has.

extension JSONText {
    /// The version of the field names and their meaning.
    static var schemaVersion: UInt64 { 1 }

    /// Opens `nfmon`; the caller closes it.
    mutating func openNfmon() {
        openObject("nfmon")
        field("schema", Self.schemaVersion)
    }

    mutating func appendIdentity(of session: borrowing Session) {
        appendKey("session")
        bytes.append(UInt8(ascii: "\""))
        bytes.appendHexadecimal(session.record.id.rawValue, width: 16)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends everything else that is known of the session.
    mutating func appendFacts(of session: borrowing Session, names: NameBook) {
        if let verdict = session.nflog?.verdict.keyword { field("verdict", word: verdict) }
        if session.record.original.transport.isICMP { appendICMP(session.record.original) }
        if session.record.tcpState != .none, let state = session.record.tcpState.keyword { field("state", word: state) }
        if let zone = session.zone {
            field("zone", UInt64(zone))
            // A zone of one direction only.
            if session.record.reply.zone != zone { field("reply_zone", UInt64(session.record.reply.zone)) }
        }
        if let mark = session.mark { field("mark", UInt64(mark)) }
        if !session.record.helper.isNone { field("helper", text: names.bytes(of: session.record.helper)) }
        appendStatus(session.record.status)
        appendLanes(of: session)
        appendExactness(of: session)
    }

    private mutating func appendICMP(_ key: FlowKey) {
        openObject("icmp")
        field("type", UInt64(key.icmpType))
        field("code", UInt64(key.icmpCode))
        field("id", UInt64(key.icmpIdentifier))
        closeObject()
    }

    private mutating func appendStatus(_ status: ConntrackStatus) {
        guard !status.isDisjoint(with: .shown) else { return }
        openArray("status")
        if status.contains(.expected) { element(word: "expected") }
        if status.contains(.seenReply) { element(word: "seen-reply") }
        if status.contains(.assured) { element(word: "assured") }
        if status.contains(.fixedTimeout) { element(word: "fixed-timeout") }
        if status.contains(.offload) { element(word: "offload") }
        if status.contains(.hardwareOffload) { element(word: "hardware-offload") }
        closeArray()
    }

    private mutating func appendLanes(of session: borrowing Session) {
        openArray("lanes")
        if session.record.facts.contains(.conntrack) { element(word: Lane.conntrack.keyword) }
        if session.nflog != nil { element(word: Lane.nflog.keyword) }
        closeArray()
    }

    /// Whether the totals are exact, and the rules' own count where conntrack's is the total: lanes are never added up.
    private mutating func appendExactness(of session: borrowing Session) {
        let exactness = session.exactness
        if exactness != .unknown { field("exact", exactness == .exact) }
        if exactness == .lowerBound || exactness == .frozen { field("exactness", word: exactness.keyword) }
        guard let lane = session.nflog else { return }
        let hasOwnCount = session.record.facts.contains(.counters)
        guard hasOwnCount || lane.errorCount > 0 else { return }
        openObject("nflog")
        if hasOwnCount {
            field("packets", lane.counters.total.packetCount)
            field("bytes", lane.counters.total.byteCount)
        }
        if lane.errorCount > 0 { field("icmp_errors", UInt64(lane.errorCount)) }
        closeObject()
    }
}

extension ConntrackStatus {
    /// The bits that outputs name; translation and the helper are shown by what they are.
    static let shown: ConntrackStatus = [
        .expected, .seenReply, .assured, .fixedTimeout, .offload, .hardwareOffload,
    ]
}
