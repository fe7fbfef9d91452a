/// A session as outputs and queries see it.
public struct Session: Sendable {
    public var record: SessionRecord
    /// `nil` where no rule logged a packet of the session.
    public var nflog: LogLane?
    public var denials: Denials
    /// Where a capture saw the session.
    public var taps = Taps()

    @inlinable
    public init(record: SessionRecord, nflog: LogLane?, denials: Denials = Denials()) {
        self.record = record
        self.nflog = nflog
        self.denials = denials
    }

    /// No session.
    @inlinable public static var none: Session { Session(record: .unused, nflog: nil) }

    /// Conntrack's counters, `nil` where they are unknown: accounting was off when the session began, no message carried
    /// them yet, or conntrack does not know the session.
    @inlinable
    public var conntrackCounters: DirectionalCounters? {
        record.facts.contains(.counters) ? record.counters : nil
    }

    /// The best total there is: conntrack's, else what a capture saw as conntrack would count it, else what was logged.
    @inlinable
    public var counters: DirectionalCounters? { conntrackCounters ?? taps.whole ?? nflog?.counters }

    /// One direction of ``counters``; `nil` also where only packets told of the session and none of them went that
    /// way: what no rule logged is unknown, not 0.
    @inlinable
    public func counters(of direction: FlowDirection) -> Counters? {
        guard let counters else { return nil }
        let one = direction == .original ? counters.original : counters.reply
        return record.facts.contains(.counters) || one.packetCount > 0 ? one : nil
    }

    /// Whether ``counters`` are exact: conntrack's own of this moment, neither zeroed by somebody nor ever standing still by
    /// offload; or a capture's that missed nothing.
    @inlinable
    public var isExact: Bool {
        guard record.facts.contains(.counters) else { return taps.isExact }
        return record.facts.isDisjoint(with: [.lowerBound, .offloaded, .countersAreOld])
    }

    /// The rule that says most of the session's fate: the one that let it in; of what did not pass, the first that denied it; else
    /// one that merely logged it.
    public var rule: NameID { decidingDenial?.rule ?? nflog?.rule ?? .none }

    /// The verdict of ``rule``.
    public var verdict: Verdict { decidingDenial?.verdict ?? nflog?.verdict ?? .unknown }

    /// The denial that is all there is of the session. One that conntrack tracks passes, whatever became of some packets.
    private var decidingDenial: Denial? {
        record.facts.contains(.conntrack) || nflog?.verdict == .accept ? nil : denials.first
    }

    /// The interface by which the session's first direction enters the host, 0 where nothing told it: as logged packets show it, else
    /// a capture.
    @inlinable
    public var ingress: InterfaceIndex {
        let logged = nflog?.ingress ?? 0
        return logged != 0 ? logged : taps.ingress
    }

    /// The interface by which it leaves the host.
    @inlinable
    public var egress: InterfaceIndex {
        let logged = nflog?.egress ?? 0
        return logged != 0 ? logged : taps.egress
    }

    /// The number of the VLAN in which it enters the host, as logged packets show it, else a capture; `nil` where nothing told of one.
    public var vlan: UInt16? { nflog?.originalPath.vlan ?? taps.vlan }

    /// Whether ``ingress`` is where the answers leave: no packet of the first direction showed its own, which may be another.
    public var ingressIsMirrored: Bool {
        guard let nflog, nflog.ingress != 0 else { return taps.ingressIsMirrored }
        return nflog.ingressIsMirrored
    }

    /// Whether ``egress`` is where the answers come in.
    public var egressIsMirrored: Bool {
        guard let nflog, nflog.egress != 0 else { return taps.egressIsMirrored }
        return nflog.egressIsMirrored
    }

    /// The beginning, `nil` where the session is older than nfmon and the kernel did not stamp it.
    @inlinable
    public var start: Timestamp? { record.facts.contains(.start) ? record.start : nil }

    /// Nanoseconds from the start to `time`, or to the end of a session that has ended; `nil` where the start is unknown or
    /// the clock was set back between.
    public func duration(to time: Timestamp) -> UInt64? {
        let end = record.facts.contains(.ended) ? record.lastSeen : time
        return start.flatMap { UInt64(exactly: end.nanoseconds(since: $0)) }
    }
}
