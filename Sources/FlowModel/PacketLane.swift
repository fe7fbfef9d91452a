/// What logged packets told of a session: how much passed the rule, through which interfaces, under which rule.
public struct PacketLane: Sendable {
    public var counters = DirectionalCounters()
    /// Interfaces of packets that went the original way; 0 where none was seen.
    public var originalIn: InterfaceIndex = 0
    public var originalOut: InterfaceIndex = 0
    /// Interfaces of packets that came back.
    public var replyIn: InterfaceIndex = 0
    public var replyOut: InterfaceIndex = 0
    /// ICMP errors about the session; they are not in ``counters``.
    public var errorCount: UInt32 = 0
    /// Where each direction's packets are counted: the first place that told of one.
    public var originalPlace: LogPlace?
    public var replyPlace: LogPlace?
    /// The last packet's ``PacketObservation/digest``, when it was logged, and by which rule first.
    public var lastDigest: UInt64 = 0
    public var lastTime = Timestamp(nanoseconds: 0)
    public var lastRule = NameID.none
    /// The first rule that logged a packet, and its verdict; a rule that denied one goes before.
    public var rule = NameID.none
    public var verdict = Verdict.unknown

    @inlinable
    public init() {}

    /// The interface by which the session's first direction enters the host: as seen, or as its answers leave by.
    @inlinable
    public var ingress: InterfaceIndex { originalIn != 0 ? originalIn : replyOut }

    /// The interface by which the session's first direction leaves the host.
    @inlinable
    public var egress: InterfaceIndex { originalOut != 0 ? originalOut : replyIn }
}

/// Where a rule logs: its NFLOG group, and the netfilter hook that its chain hangs on.
public struct LogPlace: Hashable, Sendable {
    public var group: UInt16
    public var hook: UInt8

    @inlinable
    public init(group: UInt16, hook: UInt8) {
        self.group = group
        self.hook = hook
    }
}
