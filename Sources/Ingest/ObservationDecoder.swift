internal import FlowModel
internal import Wire

/// Netlink messages to observations: the same for what comes from the kernel now and for what was recorded.
struct ObservationDecoder {
    private var names: NameCache
    private var rules: RuleCache
    private var sequences = GroupSequences()
    private let filter: SourceFilter
    /// How often packets of NFLOG were missing.
    private(set) var gapCount: UInt64 = 0
    /// ``gapCount`` when packets of NFLOG were cut off that nobody has told of yet.
    private var cutPlace: UInt64?
    /// A row of the running dump had NLM_F_DUMP_INTR: the table changed so much that the dump may have holes.
    private var dumpIsInterrupted = false

    /// - Parameter filter: conntrack's messages that it does not admit are left out.
    init(names: NameTable, admitting filter: SourceFilter = .everything) {
        self.filter = filter
        self.names = NameCache(table: names)
        rules = RuleCache(names: names)
    }

    /// The dump was given up: what was wrong with it is no fault of the next one.
    mutating func forgetDump() { dumpIsInterrupted = false }

    /// A datagram of NFLOG was longer than its buffer: the numbers of the packets that come next tell how many it had.
    mutating func noteCut() { cutPlace = gapCount }

    /// Whether packets were cut off since the last call, and none came behind them whose number tells how many.
    mutating func takeUntoldCut() -> Bool {
        defer { cutPlace = nil }
        return cutPlace == gapCount
    }

    /// Decodes every message of a datagram. What is malformed becomes a counted loss, and the next message is read.
    mutating func decode(
        datagram: ByteReader, of family: NetlinkCapture.Family, direction: NetlinkCapture.Direction = .fromKernel,
        to observations: inout ObservationBatch
    ) {
        var messages = NetlinkMessages(datagram)
        while true {
            do throws(WireFault) {
                guard let message = try messages.next() else { return }
                if direction == .toKernel {
                    decode(request: message, to: &observations)
                } else {
                    try decode(message, of: family, to: &observations)
                }
            } catch {
                if error == .notIP { continue }  // ARP, or a bridge's packet: no session's
                // The lane of a message that cannot be read is the sender's; the first byte of the type tells it.
                let isLog = datagram.uint8(at: 5) == NetfilterMessage.Subsystem.log.rawValue
                observations.append(
                    .loss(Loss(lane: isLog ? .nflog : .conntrack, cause: .malformed, count: 1, fault: error)))
            }
        }
    }

    private mutating func decode(
        _ message: borrowing NetlinkMessage, of family: NetlinkCapture.Family, to observations: inout ObservationBatch
    ) throws(WireFault) {
        if let control = message.control {
            if family == .netfilter { try decode(control, message, to: &observations) }
            return
        }
        switch family {
        case .route:
            guard let link = try LinkMessage(message) else { return }
            observations.append(
                .interface(
                    InterfaceObservation(index: link.index, name: names.number(of: link.name), isGone: link.isGone)))
        case .netfilter:
            guard let netfilter = try NetfilterMessage(message) else { return }
            switch netfilter.subsystem {
            case .conntrack: try decodeConntrack(message, netfilter, to: &observations)
            case .log:
                guard netfilter.type == 0 else { return }  // NFULNL_MSG_PACKET; 1 configures
                try decodePacket(group: netfilter.resource, netfilter.attributes, to: &observations)
            }
        }
    }

    /// A request in a recording: the dump's is the dump's beginning.
    private func decode(request message: borrowing NetlinkMessage, to observations: inout ObservationBatch) {
        // CTNETLINK's IPCTNL_MSG_CT_GET with NLM_F_DUMP
        guard message.type == 0x101, message.flags & 0x300 == 0x300 else { return }
        observations.append(.dumpBegan(DumpStart(cause: DumpSequence.cause(of: message.sequence))))
    }

    private mutating func decode(
        _ control: NetlinkMessage.ControlType, _ message: borrowing NetlinkMessage,
        to observations: inout ObservationBatch
    ) throws(WireFault) {
        switch control {
        case .noOperation:
            guard let subscription = SubscriptionMark.subscription(in: message) else { return }
            observations.append(.subscription(subscription))
        case .overrun:
            let (lane, count) = (LossMark.lane(in: message), LossMark.count(in: message))
            observations.append(.loss(Loss(lane: lane, cause: .overrun, count: count)))
        case .error:
            let answer = try NetlinkAnswer(error: message)
            // Of all requests only the dump is answered here; code 0 merely acknowledges.
            guard answer.errorNumber != 0 else { return }
            observations.append(.dumpEnded(DumpEnd(isComplete: false)))
            dumpIsInterrupted = false
        case .done:
            guard message.sequence != 0 else { return }  // NFLOG ends its batches with one, too
            let answer = try NetlinkAnswer(done: message)
            if message.isInterrupted { dumpIsInterrupted = true }
            observations.append(.dumpEnded(DumpEnd(isComplete: answer.errorNumber == 0 && !dumpIsInterrupted)))
            dumpIsInterrupted = false
        }
    }

    private mutating func decodeConntrack(
        _ message: borrowing NetlinkMessage, _ netfilter: borrowing NetfilterMessage,
        to observations: inout ObservationBatch
    ) throws(WireFault) {
        let kind: ConntrackObservation.Kind
        switch netfilter.type {
        case 0:  // IPCTNL_MSG_CT_NEW
            if message.isMultipart {
                kind = .dumpRow
                if message.isInterrupted { dumpIsInterrupted = true }
            } else {
                kind = message.flags & 0x600 == 0x600 ? .new : .update  // NLM_F_CREATE | NLM_F_EXCL
            }
        case 2: kind = .destroy  // IPCTNL_MSG_CT_DELETE
        default: return
        }
        let conntrack = try ConntrackMessage(attributes: netfilter.attributes)
        let observation = ConntrackObservation(
            kind: kind, entry: conntrack.entry, helper: names.number(of: conntrack.helper))
        // The kernel left out what it could; an older one may have left out less.
        if filter.admits(observation) { observations.append(observation) }
    }

    /// Decodes the attributes of an NFLOG packet.
    mutating func decodePacket(
        group: UInt16, _ attributes: ByteReader, to observations: inout ObservationBatch
    ) throws(WireFault) {
        let log: NFLogMessage
        do throws(WireFault) {
            log = try NFLogMessage(attributes: attributes)
        } catch {
            // It is told as malformed: not as lost, too, by the gap that it leaves.
            sequences.skipOne(of: group)
            throw error
        }
        if let sequence = log.sequence {
            let gap = sequences.gap(before: sequence, of: group)
            if gap > 0 {
                gapCount &+= 1
                observations.append(.loss(Loss(lane: .nflog, cause: .overrun, count: UInt64(gap))))
            }
        }
        let packet = try IPPacket(log.payload)
        var observation = PacketObservation(key: packet.key, byteCount: packet.byteCount)
        observation.isICMPError = packet.isICMPError
        observation.opensConnection = packet.tcpFlags.map { $0 & 0x12 == 0x02 } ?? false
        observation.digest = log.payload.digest
        observation.group = group
        observation.hook = log.hook
        observation.path = log.path
        observation.owner = log.owner
        observation.isLengthUnknown = packet.isLengthUnknown
        observation.fragment = packet.fragmentIdentification.map {
            PacketObservation.Fragment(identifier: $0, isFirst: !packet.isLaterFragment)
        }
        observation.time = log.time
        let rule = rules.rule(of: log.prefix)
        observation.verdict = rule.verdict
        observation.rule = rule.name
        if log.conntrack.count > 0 {
            let conntrack = try ConntrackMessage(attributes: log.conntrack)
            observation.conntrackOriginal = conntrack.entry.original
            observation.conntrackID = conntrack.entry.id
            observation.conntrackDirection = log.direction
        }
        observations.append(observation)
    }
}
