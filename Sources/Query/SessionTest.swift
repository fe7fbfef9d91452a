public import FlowModel

/// One thing that can be asked of a session.
///
/// What is unknown passes neither a test nor its opposite.
public struct SessionTest: Hashable, NegatableTest {
    public enum Subject: Hashable, Sendable {
        case family(AddressFamily)
        case transport(ClosedRange<UInt8>)
        case address(Side, IPPrefix)
        case port(Side, ClosedRange<UInt16>)
        case zone(ClosedRange<UInt16>)
        /// The bits of the mask are these.
        case mark(value: UInt32, mask: UInt32)
        /// A TCP state.
        case state(TCPState)
        /// The bits are all set.
        case status(ConntrackStatus)
        case verdict(Verdict)
        /// A packet was dropped or rejected; of whom conntrack tells and no rule said so, none was.
        case denied
        case rule(NameID)
        /// An interface by its name: where the session's first direction enters the host, or leaves it.
        case ingress(NameID)
        case egress(NameID)
        case lane(Lane)
        /// Both directions together.
        case bytes(ClosedRange<UInt64>)
        case packets(ClosedRange<UInt64>)
        /// Nanoseconds.
        case duration(ClosedRange<UInt64>)
    }

    /// Whose address or port.
    public enum Side: Hashable, Sendable {
        /// As the first packet said before translation.
        case source
        case destination
        /// What they are translated to; unknown of sessions that are not translated there.
        case translatedSource
        case translatedDestination
    }

    public var subject: Subject
    /// Whether the opposite is asked.
    public var isNegated: Bool

    public init(_ subject: Subject, isNegated: Bool = false) {
        self.subject = subject
        self.isNegated = isNegated
    }

    public var negated: SessionTest { SessionTest(subject, isNegated: !isNegated) }

    /// Whether the session is known to be as asked.
    ///
    /// - Parameters:
    ///   - interfaces: the names that indexes have.
    ///   - now: what the duration of a session that has not ended is counted to.
    func admits(_ session: borrowing Session, interfaces: InterfaceNames, now: Timestamp) -> Bool {
        // The record is read where it lies: copying it would cost more than the tests.
        switch subject {
        case .family(let family): return answer(session.record.original.family == family)
        case .transport(let range): return answer(range.contains(session.record.original.transport.rawValue))
        case .address(let side, let prefix): return admits(address: prefix, side, session)
        case .port(let side, let range):
            guard session.record.original.hasPorts else { return false }
            switch side {
            case .source where !session.record.hasSourcePort: return false
            case .destination where !session.record.hasDestinationPort: return admits(scanned: range, session)
            case .source: return answer(range.contains(session.record.original.sourcePort))
            case .destination: return answer(range.contains(session.record.original.destinationPort))
            case .translatedSource: return answer(session.record.translatedSource?.port.map(range.contains))
            case .translatedDestination: return answer(session.record.translatedDestination?.port.map(range.contains))
            }
        case .zone(let range): return answer(session.zone.map(range.contains))
        // The kernel leaves a mark of 0 out of its messages.
        case .mark(let value, let mask):
            guard session.record.facts.contains(.conntrack) else { return false }
            return answer((session.mark ?? 0) & mask == value)
        case .state(let state): return answer(session.record.tcpState == .none ? nil : session.record.tcpState == state)
        case .status(let bits):
            return answer(session.record.facts.contains(.conntrack) ? session.record.status.isSuperset(of: bits) : nil)
        case .verdict(let verdict):
            let known = session.verdict
            if known == .unknown { return false }
            return answer(known == verdict || session.denials.contains { $0.verdict == verdict })
        case .denied:
            if session.record.facts.contains(.denied) { return answer(true) }
            if session.record.facts.contains(.conntrack) { return answer(false) }
            return session.verdict == .unknown ? false : answer(false)
        case .rule(let name):
            guard let nflog = session.nflog else { return false }
            let isDenier = session.denials.contains { $0.rule == name }
            if nflog.rule.isNone, session.denials.isEmpty { return false }
            return answer(nflog.rule == name || isDenier)
        case .ingress(let name):
            guard let nflog = session.nflog else { return false }
            if nflog.ingress == 0 { return answer(nflog.beginsHere ? false : nil) }
            return answer(interfaces[nflog.ingress].map { $0 == name })
        case .egress(let name):
            guard let nflog = session.nflog else { return false }
            if nflog.egress == 0 { return answer(nflog.endsHere ? false : nil) }
            return answer(interfaces[nflog.egress].map { $0 == name })
        case .lane(let lane):
            return answer(session.record.facts.contains(lane == .conntrack ? .conntrack : .nflog))
        case .bytes(let range): return answer(session.is(session.total?.byteCount, in: range))
        case .packets(let range): return answer(session.is(session.total?.packetCount, in: range))
        case .duration(let range): return answer(session.duration(to: now).map(range.contains))
        }
    }

    /// A scan's ports are known by the lowest and the highest alone.
    private func admits(scanned range: ClosedRange<UInt16>, _ session: borrowing Session) -> Bool {
        guard let ports = session.denials.first?.scannedPorts else { return false }
        if !range.overlaps(ports) { return answer(false) }
        return range.contains(ports.lowerBound) || range.contains(ports.upperBound) ? answer(true) : false
    }

    private func admits(address prefix: IPPrefix, _ side: Side, _ session: borrowing Session) -> Bool {
        let family = session.record.original.family
        switch side {
        case .source: return answer(prefix.contains(session.record.original.source, family: family))
        case .destination: return answer(prefix.contains(session.record.original.destination, family: family))
        case .translatedSource:
            return answer(session.record.translatedSource.map { prefix.contains($0.address, family: family) })
        case .translatedDestination:
            return answer(session.record.translatedDestination.map { prefix.contains($0.address, family: family) })
        }
    }

    @inline(__always)
    private func answer(_ known: Bool?) -> Bool { known.map { $0 != isNegated } ?? false }
}

extension Session {
    /// Both directions together, of the best counters there are, as ``counters`` has them.
    @inline(__always)
    fileprivate var total: Counters? {
        record.facts.contains(.counters) ? record.counters.total : nflog?.counters.total
    }

    /// Whether an amount is in the range; `nil` where that is not known, as the amount is unknown or a lower bound that may
    /// grow into the range or out of it.
    @inline(__always)
    fileprivate func `is`(_ amount: UInt64?, in range: ClosedRange<UInt64>) -> Bool? {
        guard let amount else { return nil }
        if isExact { return range.contains(amount) }
        if amount > range.upperBound { return false }
        return amount >= range.lowerBound && range.upperBound == .max ? true : nil
    }
}

extension PacketLane {
    /// Whether the host itself began the session, so that it entered by no interface: its packets go through OUTPUT, and the
    /// answers through INPUT.
    fileprivate var beginsHere: Bool { originalPlace?.hook == 3 || replyPlace?.hook == 1 }

    /// Whether the session is with the host itself, so that it leaves by no interface.
    fileprivate var endsHere: Bool { originalPlace?.hook == 1 || replyPlace?.hook == 3 }
}
