/// What one ctnetlink message says of a conntrack entry; whatever the message did not carry is `nil`.
///
/// NEW and UPDATE carry neither counters nor the start; DESTROY carries no helper, labels and master; an offloaded entry has
/// no timeout and no TCP state (nf_conntrack_netlink.c).
public struct ConntrackEntry: Sendable {
    public var original: FlowKey
    public var reply: FlowKey
    /// `CTA_ID`: the same for the entry's life, and almost unique.
    public var id: UInt32?
    public var status: ConntrackStatus?
    /// Seconds until the entry expires.
    public var timeout: UInt32?
    public var mark: UInt32?
    public var tcpState: TCPState?
    public var originalCounters: Counters?
    public var replyCounters: Counters?
    /// When the entry was created, and when it ended; only with `nf_conntrack_timestamp`.
    public var start: Timestamp?
    public var stop: Timestamp?
    /// When the event happened (Linux 6.14 and later, with `nf_conntrack_timestamp`).
    public var eventTime: Timestamp?
    public var labels: ConnectionLabels?
    /// The original tuple of the connection that expected this one.
    public var master: FlowKey?

    @inlinable
    @inline(__always)
    public init(original: FlowKey = .empty, reply: FlowKey = .empty) {
        self.original = original
        self.reply = reply
    }
}

/// The 128 connection labels as bits; label 0 is the lowest bit of ``low``.
public struct ConnectionLabels: Hashable, Sendable {
    public var low: UInt64
    public var high: UInt64

    @inlinable
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }
}
