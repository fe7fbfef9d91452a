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
        let record = session.record
        switch subject {
        case .family(let family): return answer(record.original.family == family)
        case .transport(let range): return answer(range.contains(record.original.transport.rawValue))
        case .address(let side, let prefix):
            guard let endpoint = record.endpoint(side) else { return false }
            return answer(prefix.contains(endpoint.address, family: endpoint.family))
        case .port(let side, let range):
            guard let port = record.endpoint(side)?.port else { return false }
            return answer(range.contains(port))
        case .zone(let range): return answer(session.zone.map(range.contains))
        // The kernel leaves a mark of 0 out of its messages.
        case .mark(let value, let mask):
            guard record.facts.contains(.conntrack) else { return false }
            return answer((session.mark ?? 0) & mask == value)
        case .state(let state): return answer(record.tcpState == .none ? nil : record.tcpState == state)
        case .status(let bits):
            return answer(record.facts.contains(.conntrack) ? record.status.isSuperset(of: bits) : nil)
        case .verdict(let verdict):
            guard let nflog = session.nflog, nflog.verdict != .unknown else { return false }
            return answer(nflog.verdict == verdict)
        case .rule(let name):
            guard let nflog = session.nflog, !nflog.rule.isNone else { return false }
            return answer(nflog.rule == name)
        case .ingress(let name): return answer((session.nflog?.ingress).flatMap { interfaces[$0] }.map { $0 == name })
        case .egress(let name): return answer((session.nflog?.egress).flatMap { interfaces[$0] }.map { $0 == name })
        case .lane(let lane):
            return answer(record.facts.contains(lane == .conntrack ? .conntrack : .nflog))
        case .bytes(let range): return answer(session.counters.map { range.contains($0.total.byteCount) })
        case .packets(let range): return answer(session.counters.map { range.contains($0.total.packetCount) })
        case .duration(let range): return answer(session.duration(to: now).map(range.contains))
        }
    }

    @inline(__always)
    private func answer(_ known: Bool?) -> Bool { known.map { $0 != isNegated } ?? false }
}

extension SessionRecord {
    @inline(__always)
    fileprivate func endpoint(_ side: SessionTest.Side) -> Endpoint? {
        switch side {
        case .source: source
        case .destination: destination
        case .translatedSource: translatedSource
        case .translatedDestination: translatedDestination
        }
    }
}
