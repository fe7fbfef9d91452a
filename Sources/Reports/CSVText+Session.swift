import FlowModel
import Query

extension CSVText {
    /// The columns that every row about a session has, in order.
    static let sessionColumns = [
        "session", "proto", "src", "sport", "dst", "dport", "natsrc", "natsport", "natdst", "natdport", "icmp_type",
        "icmp_code", "icmp_id", "gre_skey", "gre_dkey", "community_id", "nat_community_id", "iif", "oif", "rule",
        "verdict", "zone", "mark", "state",
        "helper", "lanes", "bytes",
        "packets", "src_bytes", "src_packets", "dst_bytes", "dst_packets", "exactness", "nflog_bytes", "nflog_packets",
        "nflog_exactness", "reply_iif", "reply_oif", "mirrored", "physin", "physout", "src_mac", "dst_mac", "vlan",
        "uid",
        "gid", "denied_packets", "denied_by", "denied_first", "denied_last", "scan_from", "scan_to", "later_session",
        "tap1", "tap1_direction", "tap1_packets", "tap1_bytes", "tap1_whole_packets", "tap1_whole_bytes",
        "tap1_wire_packets", "tap1_wire_bytes", "tap1_exactness", "tap2", "tap2_direction", "tap2_packets",
        "tap2_bytes",
        "tap2_whole_packets", "tap2_whole_bytes", "tap2_wire_packets", "tap2_wire_bytes", "tap2_exactness", "taps",
        "start", "duration_ns",
    ]

    /// Appends the fields of ``sessionColumns``.
    ///
    /// - Parameter end: what the duration is counted to; `nil` where it means nothing.
    mutating func append(
        _ session: borrowing Session, _ ids: borrowing CommunityIDTexts, until end: Timestamp?, names: NameBook
    ) {
        separate()
        bytes.appendHexadecimal(session.record.id.rawValue, width: 16)
        separate()
        session.record.original.transport.append(to: &bytes)
        endpoint(session.record.source)
        endpoint(session.record.destination)
        endpoint(session.record.translatedSource)
        endpoint(session.record.translatedDestination)
        append(session.record.icmp)
        number(session.record.original.sourceGREKey.map(UInt64.init))
        number(session.record.original.destinationGREKey.map(UInt64.init))
        word(ids.original)
        word(ids.translated)
        appendPath(of: session, names)
        number(session.zone.map(UInt64.init))
        number(session.mark.map(UInt64.init))
        word(session.record.shownState)
        text(names.bytes(of: session.record.helper))
        appendLanes(of: session)
        appendCounters(of: session)
        appendWays(of: session, names)
        append(session.denials, names)
        append(session.taps, names)
        time(session.start)
        if let end { number(session.duration(to: end)) } else { skip() }
    }

    private mutating func append(_ message: ICMPMessage?) {
        number(message.map { UInt64($0.type) })
        number(message.map { UInt64($0.code) })
        number(message?.identifier.map(UInt64.init))
    }

    /// Interfaces, rule and verdict.
    private mutating func appendPath(of session: borrowing Session, _ names: NameBook) {
        let (ingress, egress) = (session.ingress, session.egress)
        text(ingress == 0 ? [] : names.interface(ingress))
        text(egress == 0 ? [] : names.interface(egress))
        guard session.nflog != nil else { return skip(2) }
        text(names.bytes(of: session.rule))
        word(session.verdict.keyword)
    }

    private mutating func appendLanes(of session: borrowing Session) {
        let facts = session.record.facts
        switch (facts.contains(.conntrack), facts.contains(.nflog), facts.contains(.packet)) {
        case (true, true, true): word("conntrack+nflog+packet")
        case (true, true, false): word("conntrack+nflog")
        case (true, false, true): word("conntrack+packet")
        case (true, false, false): word("conntrack")
        case (false, true, true): word("nflog+packet")
        case (false, true, false): word("nflog")
        case (false, false, true): word("packet")
        case (false, false, false): skip()
        }
    }

    private mutating func appendCounters(of session: borrowing Session) {
        append(session.counters?.total)
        append(session.counters(of: .original))
        append(session.counters(of: .reply))
        word(session.exactness.keyword)
        append(session.nflog?.counters.total)
        word(session.nflogExactness?.keyword)
    }

    private mutating func append(_ counters: Counters?) {
        number(counters?.byteCount)
        number(counters?.packetCount)
    }
}
