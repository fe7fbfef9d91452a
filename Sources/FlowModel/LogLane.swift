/// What logged packets told of a session: how much passed the rule, through which interfaces, under which rule.
public struct LogLane: Sendable {
    public var counters = DirectionalCounters()
    /// The way of the packets that went the original way, and of those that came back.
    public var originalPath = PacketPath()
    public var replyPath = PacketPath()
    /// ICMP errors about the session; they are not in ``counters``.
    public var errorCount: UInt32 = 0
    /// Where each direction's packets are counted: the first place that told of one.
    public var originalPlace: LogPlace?
    public var replyPlace: LogPlace?
    /// Who owns this host's end of the session, where a packet that it sent was logged.
    public var owner: SocketOwner?
    /// The last packet's ``PacketObservation/digest``, when it was logged, and by which rule first.
    public var lastDigest: UInt64 = 0
    public var lastTime = Timestamp(nanoseconds: 0)
    public var lastRule = NameID.none
    /// The first rule that logged a packet and did not deny it, and its verdict.
    public var rule = NameID.none
    public var verdict = Verdict.unknown
    /// Rules may have logged more than ``counters`` has: packets were lost, or the session began before nfmon listened.
    public var isLowerBound = false

    @inlinable
    public init() {}

    /// The way of one direction's packets.
    @inlinable
    public func path(of direction: FlowDirection) -> PacketPath { direction == .original ? originalPath : replyPath }

    /// The interface by which the session's first direction enters the host: as seen, or as its answers leave by.
    @inlinable
    public var ingress: InterfaceIndex { ingressIsMirrored ? replyPath.outInterface : originalPath.inInterface }

    /// The interface by which the session's first direction leaves the host: as seen, or as its answers come by.
    @inlinable
    public var egress: InterfaceIndex { egressIsMirrored ? replyPath.inInterface : originalPath.outInterface }

    /// The port of a bridge behind ``ingress``, where there is one.
    @inlinable
    public var physicalIngress: InterfaceIndex {
        originalPath.physicalIn != 0 ? originalPath.physicalIn : replyPath.physicalOut
    }

    /// The port of a bridge behind ``egress``, where there is one.
    @inlinable
    public var physicalEgress: InterfaceIndex {
        originalPath.physicalOut != 0 ? originalPath.physicalOut : replyPath.physicalIn
    }

    /// Calls `body` with every interface that some packet showed.
    @inlinable
    public func forEachInterface(_ body: (InterfaceIndex) -> Void) {
        originalPath.forEachInterface(body)
        replyPath.forEachInterface(body)
    }

    /// Whether ``ingress`` is where the answers leave: no packet of the first direction showed its own, which may be another.
    @inlinable
    public var ingressIsMirrored: Bool { originalPath.inInterface == 0 && replyPath.outInterface != 0 }

    /// Whether ``egress`` is where the answers come in.
    @inlinable
    public var egressIsMirrored: Bool { originalPath.outInterface == 0 && replyPath.inInterface != 0 }
}

/// Where a rule logs: its NFLOG group, the netfilter hook that its chain hangs on, and on which side of the translation there.
public struct LogPlace: Hashable, Sendable {
    public var group: UInt16
    public var hook: UInt8
    /// The hash of the tuple that packets show: another one before translation than after it.
    public var tupleHash: UInt32

    @inlinable
    public init(group: UInt16, hook: UInt8, tupleHash: UInt32 = 0) {
        self.group = group
        self.hook = hook
        self.tupleHash = tupleHash
    }
}
