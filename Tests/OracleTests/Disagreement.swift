import CNetfilter
import FlowModel
import Wire

/// Where the decoder and the library read a message differently.
struct Disagreement {
    /// One sentence for each attribute.
    private(set) var sentences: [String] = []

    mutating func expect<Value: Equatable>(_ name: String, _ ours: Value, _ theirs: Value) {
        if ours != theirs { sentences.append("\(name): nfmon says \(ours), the library says \(theirs)") }
    }

    init() {}

    /// Compares everything that both know.
    init(_ ours: borrowing ConntrackMessage, _ theirs: borrowing OracleEntry) {
        let entry = ours.entry
        compareTuples(entry, theirs)
        expect("status", entry.status?.rawValue, theirs.number32(ATTR_STATUS))
        expect("timeout", entry.timeout, theirs.number32(ATTR_TIMEOUT))
        expect("mark", entry.mark, theirs.number32(ATTR_MARK))
        expect("id", entry.id, theirs.number32(ATTR_ID))
        expect("use", ours.useCount, theirs.number32(ATTR_USE))
        expect("helper", String(decoding: [UInt8](copying: ours.helper), as: UTF8.self), theirs.text(ATTR_HELPER_NAME))
        expect(
            "security context", String(decoding: [UInt8](copying: ours.securityContext), as: UTF8.self),
            theirs.text(ATTR_SECCTX))
        expect("labels", ours.labels, theirs.labels)
        expect("original packets", entry.originalCounters?.packetCount, theirs.number64(ATTR_ORIG_COUNTER_PACKETS))
        expect("original bytes", entry.originalCounters?.byteCount, theirs.number64(ATTR_ORIG_COUNTER_BYTES))
        expect("reply packets", entry.replyCounters?.packetCount, theirs.number64(ATTR_REPL_COUNTER_PACKETS))
        expect("reply bytes", entry.replyCounters?.byteCount, theirs.number64(ATTR_REPL_COUNTER_BYTES))
        expect("start", entry.start, theirs.number64(ATTR_TIMESTAMP_START).map { Timestamp($0) })
        expect("stop", entry.stop, theirs.number64(ATTR_TIMESTAMP_STOP).map { Timestamp($0) })
        compareMaster(ours.master, theirs)
        compareProtocolState(ours.protocolState, theirs)
        compareAdjustments(ours, theirs)
    }

    private mutating func compareTuples(_ entry: ConntrackEntry, _ theirs: borrowing OracleEntry) {
        expect("original source", entry.original.source, theirs.address(ATTR_ORIG_IPV4_SRC, ATTR_ORIG_IPV6_SRC))
        expect(
            "original destination", entry.original.destination, theirs.address(ATTR_ORIG_IPV4_DST, ATTR_ORIG_IPV6_DST))
        expect("reply source", entry.reply.source, theirs.address(ATTR_REPL_IPV4_SRC, ATTR_REPL_IPV6_SRC))
        expect("reply destination", entry.reply.destination, theirs.address(ATTR_REPL_IPV4_DST, ATTR_REPL_IPV6_DST))
        expect("family", entry.original.family.rawValue, theirs.number8(ATTR_ORIG_L3PROTO))
        expect("reply family", entry.reply.family.rawValue, theirs.number8(ATTR_REPL_L3PROTO))
        expect("protocol", entry.original.transport.rawValue, theirs.number8(ATTR_ORIG_L4PROTO))
        expect("reply protocol", entry.reply.transport.rawValue, theirs.number8(ATTR_REPL_L4PROTO))
        let zone = theirs.number16(ATTR_ZONE)
        expect("original zone", entry.original.zone, zone ?? theirs.number16(ATTR_ORIG_ZONE) ?? 0)
        expect("reply zone", entry.reply.zone, zone ?? theirs.number16(ATTR_REPL_ZONE) ?? 0)
        if entry.original.transport.isICMP {
            // The library has no names for the reply's: it keeps them for itself.
            expect("ICMP identifier", entry.original.icmpIdentifier, theirs.port(ATTR_ICMP_ID))
            expect("ICMP type", entry.original.icmpType, theirs.number8(ATTR_ICMP_TYPE))
            expect("ICMP code", entry.original.icmpCode, theirs.number8(ATTR_ICMP_CODE))
        } else {
            expect("original source port", entry.original.sourcePort, theirs.port(ATTR_ORIG_PORT_SRC) ?? 0)
            expect("original destination port", entry.original.destinationPort, theirs.port(ATTR_ORIG_PORT_DST) ?? 0)
            expect("reply source port", entry.reply.sourcePort, theirs.port(ATTR_REPL_PORT_SRC) ?? 0)
            expect("reply destination port", entry.reply.destinationPort, theirs.port(ATTR_REPL_PORT_DST) ?? 0)
        }
    }

    private mutating func compareMaster(_ master: FlowKey?, _ theirs: borrowing OracleEntry) {
        expect("master's source", master?.source, theirs.address(ATTR_MASTER_IPV4_SRC, ATTR_MASTER_IPV6_SRC))
        expect(
            "master's destination", master?.destination,
            theirs.address(ATTR_MASTER_IPV4_DST, ATTR_MASTER_IPV6_DST))
        expect("master's source port", master?.sourcePort, theirs.port(ATTR_MASTER_PORT_SRC))
        expect("master's destination port", master?.destinationPort, theirs.port(ATTR_MASTER_PORT_DST))
        expect("master's protocol", master?.transport.rawValue, theirs.number8(ATTR_MASTER_L4PROTO))
    }

    private mutating func compareProtocolState(_ ours: ProtocolState?, _ theirs: borrowing OracleEntry) {
        var tcp: ProtocolState.TCP?
        var dccp: (state: UInt8, role: UInt8, sequence: UInt64)?
        var sctp: (state: UInt8, original: UInt32, reply: UInt32)?
        switch ours {
        case .tcp(let state)?: tcp = state
        case .dccp(let state, let role, let sequence)?: dccp = (state, role, sequence)
        case .sctp(let state, let original, let reply)?: sctp = (state, original, reply)
        case nil: break
        }
        expect("TCP state", tcp?.state.rawValue, theirs.number8(ATTR_TCP_STATE))
        expect("TCP original scale", tcp?.originalWindowScale, theirs.number8(ATTR_TCP_WSCALE_ORIG))
        expect("TCP reply scale", tcp?.replyWindowScale, theirs.number8(ATTR_TCP_WSCALE_REPL))
        expect("TCP original flags", tcp?.originalFlags, theirs.number8(ATTR_TCP_FLAGS_ORIG))
        expect("TCP reply flags", tcp?.replyFlags, theirs.number8(ATTR_TCP_FLAGS_REPL))
        expect("DCCP state", dccp?.state, theirs.number8(ATTR_DCCP_STATE))
        expect("DCCP role", dccp?.role, theirs.number8(ATTR_DCCP_ROLE))
        expect("DCCP sequence", dccp?.sequence, theirs.number64(ATTR_DCCP_HANDSHAKE_SEQ))
        expect("SCTP state", sctp?.state, theirs.number8(ATTR_SCTP_STATE))
        expect("SCTP original tag", sctp?.original, theirs.number32(ATTR_SCTP_VTAG_ORIG))
        expect("SCTP reply tag", sctp?.reply, theirs.number32(ATTR_SCTP_VTAG_REPL))
    }

    private mutating func compareAdjustments(_ ours: borrowing ConntrackMessage, _ theirs: borrowing OracleEntry) {
        let (original, reply) = (ours.originalSequenceAdjustment, ours.replySequenceAdjustment)
        expect("original correction", original?.position, theirs.number32(ATTR_ORIG_NAT_SEQ_CORRECTION_POS))
        expect("original offset before", original?.offsetBefore, theirs.number32(ATTR_ORIG_NAT_SEQ_OFFSET_BEFORE))
        expect("original offset after", original?.offsetAfter, theirs.number32(ATTR_ORIG_NAT_SEQ_OFFSET_AFTER))
        expect("reply correction", reply?.position, theirs.number32(ATTR_REPL_NAT_SEQ_CORRECTION_POS))
        expect("reply offset before", reply?.offsetBefore, theirs.number32(ATTR_REPL_NAT_SEQ_OFFSET_BEFORE))
        expect("reply offset after", reply?.offsetAfter, theirs.number32(ATTR_REPL_NAT_SEQ_OFFSET_AFTER))
        expect("SYN proxy sequence", ours.synproxy?.initialSequence, theirs.number32(ATTR_SYNPROXY_ISN))
        expect("SYN proxy timestamp", ours.synproxy?.initialTimestamp, theirs.number32(ATTR_SYNPROXY_ITS))
        expect("SYN proxy offset", ours.synproxy?.timestampOffset, theirs.number32(ATTR_SYNPROXY_TSOFF))
    }
}

extension Timestamp {
    /// As the library gives it.
    fileprivate init(_ nanoseconds: UInt64) { self.init(nanoseconds: Int64(clamping: nanoseconds)) }
}
