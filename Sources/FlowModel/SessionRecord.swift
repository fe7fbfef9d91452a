/// What the table keeps of every session, in fixed size: identity, both tuples, conntrack's facts and counters.
///
/// A field whose ``SessionFacts`` flag is not set is unknown, whatever its value.
public struct SessionRecord: Sendable {
    public var id: SessionID
    public var original: FlowKey
    /// The tuple of the packets that come back; differs from the original's inverse by what NAT changed.
    public var reply: FlowKey
    /// Conntrack's absolute counters.
    public var counters = DirectionalCounters()
    /// When the session began: the kernel's stamp if it gave one, else when the first word of it was received.
    public var start: Timestamp
    /// When the session was last known to exist.
    public var lastSeen: Timestamp
    /// When ``counters`` were read, in nanoseconds of the monotonic clock; 0 before the first reading.
    public var countersReadAt: UInt64 = 0
    /// Between the last two readings of the counters.
    public var bytesPerSecond: Float = 0
    public var packetsPerSecond: Float = 0
    public var conntrackID: UInt32 = 0
    public var status = ConntrackStatus()
    public var mark: UInt32 = 0
    /// The dump in which the session was last seen.
    public var generation: UInt32 = 0
    /// The place of the session's ``PacketLane``, for the table's own use.
    public var laneSlot: UInt32 = .max
    public var facts = SessionFacts()
    public var helper = NameID.none
    public var tcpState = TCPState.none
    /// How many complete dumps in a row did not show the session.
    public var missCount: UInt8 = 0

    @inlinable
    public init(id: SessionID, original: FlowKey, reply: FlowKey, start: Timestamp, lastSeen: Timestamp) {
        self.id = id
        self.original = original
        self.reply = reply
        self.start = start
        self.lastSeen = lastSeen
    }

    /// Whether source or destination is translated.
    @inlinable
    public var isTranslated: Bool {
        original.inverse.withoutZone != reply.withoutZone
    }
}

/// What is known of a session, as flags.
public struct SessionFacts: OptionSet, Sendable {
    public var rawValue: UInt16

    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The record is in use.
    public static let live = SessionFacts(rawValue: 1 << 0)
    /// Conntrack told of the session.
    public static let conntrack = SessionFacts(rawValue: 1 << 1)
    /// A rule logged a packet of the session.
    public static let nflog = SessionFacts(rawValue: 1 << 2)
    /// ``SessionRecord/counters`` are known.
    public static let counters = SessionFacts(rawValue: 1 << 3)
    /// ``SessionRecord/start`` is the session's beginning and not merely when nfmon first heard of it.
    public static let start = SessionFacts(rawValue: 1 << 4)
    public static let mark = SessionFacts(rawValue: 1 << 5)
    /// The session was there before nfmon listened: the kernel may never send an event about it.
    public static let predatesListener = SessionFacts(rawValue: 1 << 6)
    /// Only packets told of the session so far, and conntrack's word may still come.
    public static let awaitsConntrack = SessionFacts(rawValue: 1 << 7)
    /// The event stream has told of the session.
    public static let announced = SessionFacts(rawValue: 1 << 8)
    /// A packet of the session was dropped or rejected.
    public static let denied = SessionFacts(rawValue: 1 << 9)
    /// The counters are a lower bound: they became smaller, so somebody zeroed them, or the session ended without a last word.
    public static let lowerBound = SessionFacts(rawValue: 1 << 10)
    /// The counters were read at least twice: the rates mean something.
    public static let rate = SessionFacts(rawValue: 1 << 11)
    /// The session has ended; ``SessionRecord/lastSeen`` is its end.
    public static let ended = SessionFacts(rawValue: 1 << 12)
}
