public import FlowModel

/// A ctnetlink message or `NFULA_CT` attribute, decoded: the entry, and what few readers ask for.
///
/// DESTROY carries no helper, labels and master (nf_conntrack_netlink.c). Unknown attributes are skipped; kernels add them. Spans borrow from the datagram.
public struct ConntrackMessage: ~Escapable {
    public var entry = ConntrackEntry()
    /// The helper's name (`CTA_HELP_NAME`), empty where absent.
    public var helper: Span<UInt8>
    /// The security context's name (`CTA_SECCTX_NAME`), empty where absent.
    public var securityContext: Span<UInt8>
    /// The original tuple of the connection that expected this one (`CTA_TUPLE_MASTER`).
    public var master: FlowKey?
    public var labels: ConnectionLabels?
    /// References to the entry (`CTA_USE`).
    public var useCount: UInt32?
    public var protocolState: ProtocolState?
    public var originalSequenceAdjustment: SequenceAdjustment?
    public var replySequenceAdjustment: SequenceAdjustment?
    public var synproxy: Synproxy?
    private var replyIsPresent = false
    private var zone: UInt16?

    /// Decodes the attributes of a conntrack message.
    ///
    /// - Throws: ``WireFault/attributeLength`` and ``WireFault/scalarLength`` for malformed ones, and
    ///   ``WireFault/missingTuple`` where there is no original tuple.
    @_lifetime(copy attributes)
    public init(attributes: ByteReader) throws(WireFault) {
        helper = attributes.slice(from: 0, to: 0).span
        securityContext = attributes.slice(from: 0, to: 0).span
        try decode(attributes)
    }

    @_lifetime(self: copy attributes)
    private mutating func decode(_ attributes: ByteReader) throws(WireFault) {
        var originalIsPresent = false
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            let payload = cursor.payload
            switch cursor.type {
            case 1:  // CTA_TUPLE_ORIG
                try entry.original.decode(tuple: payload)
                originalIsPresent = true
            case 2:  // CTA_TUPLE_REPLY
                try entry.reply.decode(tuple: payload)
                replyIsPresent = true
            case 3: entry.status = ConntrackStatus(rawValue: try cursor.scalar(UInt32.self))  // CTA_STATUS
            case 4: try decodeProtocolState(payload)  // CTA_PROTOINFO
            case 5: helper = try Self.name(in: payload)  // CTA_HELP
            case 7: entry.timeout = try cursor.scalar(UInt32.self)  // CTA_TIMEOUT, seconds
            case 8: entry.mark = try cursor.scalar(UInt32.self)  // CTA_MARK
            case 9: entry.originalCounters = try Counters(decoding: payload)  // CTA_COUNTERS_ORIG
            case 10: entry.replyCounters = try Counters(decoding: payload)  // CTA_COUNTERS_REPLY
            case 11: useCount = try cursor.scalar(UInt32.self)  // CTA_USE
            case 12: entry.id = try cursor.scalar(UInt32.self)  // CTA_ID, opaque
            case 14:  // CTA_TUPLE_MASTER
                var master = FlowKey.empty
                try master.decode(tuple: payload)
                self.master = master
            case 15: originalSequenceAdjustment = try SequenceAdjustment(payload)  // CTA_SEQ_ADJ_ORIG
            case 16: replySequenceAdjustment = try SequenceAdjustment(payload)  // CTA_SEQ_ADJ_REPLY
            case 18: zone = try cursor.scalar(UInt16.self)  // CTA_ZONE: of both directions
            case 19: securityContext = try Self.name(in: payload)  // CTA_SECCTX
            case 20: try entry.decodeTimestamps(payload)  // CTA_TIMESTAMP
            case 22: labels = try ConnectionLabels(decoding: payload)  // CTA_LABELS
            case 24: synproxy = try Synproxy(payload)  // CTA_SYNPROXY
            case 27: entry.eventTime = Timestamp(kernel: try cursor.scalar(UInt64.self))  // CTA_TIMESTAMP_EVENT
            default: break  // 21, 23, 25 and 26 are masks and filters of requests; others are newer than this code
            }
        }
        guard originalIsPresent else { throw .missingTuple }
        if !replyIsPresent { entry.reply = entry.original.inverse }
        if let zone {
            entry.original.zone = zone
            entry.reply.zone = zone
        }
    }

    /// The name, number 1, of CTA_HELP and of CTA_SECCTX.
    @_lifetime(copy attributes)
    private static func name(in attributes: ByteReader) throws(WireFault) -> Span<UInt8> {
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            if cursor.type == 1 { return cursor.payload.text }
        }
        return attributes.slice(from: 0, to: 0).span
    }

    private mutating func decodeProtocolState(_ payload: ByteReader) throws(WireFault) {
        guard let state = try ProtocolState(payload) else { return }
        protocolState = state
        if case .tcp(let tcp) = state { entry.tcpState = tcp.state }
    }
}
