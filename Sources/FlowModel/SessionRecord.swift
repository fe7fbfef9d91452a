/// What the table keeps of every session, in fixed size: identity, both tuples, conntrack's facts and counters.
///
/// A field whose ``SessionFacts`` flag is not set is unknown, whatever its value. What frames of the session read and change comes first,
/// in 64 bytes, then what an event without counters does, as among a million sessions every cache line is a wait.
public struct SessionRecord: Sendable {
    public var original: FlowKey
    /// When the session was last known to exist.
    public var lastSeen: Timestamp
    /// When the session began: the kernel's stamp if it gave one, else when the first word of it was received.
    public var start: Timestamp
    public var facts = SessionFacts()
    /// The place of what packets told of the session, for the table's own use.
    public var laneSlot: UInt32 = .max
    public var conntrackID: UInt32 = 0
    public var status = ConntrackStatus()
    public var mark: UInt32 = 0
    /// The dump in which the session was last seen.
    public var generation: UInt32 = 0
    public var helper = NameID.none
    public var tcpState = TCPState.none
    /// How many complete dumps in a row did not show the session.
    public var missCount: UInt8 = 0
    /// Of a session that has ended: its place among the departures, for the table's own use.
    public var departureSlot: UInt32 = .max
    /// The tuple of the packets that come back; differs from the original's inverse by what NAT changed.
    public var reply: FlowKey
    public var id: SessionID
    /// Conntrack's absolute counters.
    public var counters = DirectionalCounters()
    /// When ``counters`` were read, in nanoseconds of the monotonic clock; 0 before the first reading.
    public var countersReadAt: UInt64 = 0
    /// Between the last two readings of the counters.
    public var bytesPerSecond: Float = 0
    public var packetsPerSecond: Float = 0

    @inlinable
    public init(id: SessionID, original: FlowKey, reply: FlowKey, start: Timestamp, lastSeen: Timestamp) {
        self.id = id
        self.original = original
        self.reply = reply
        self.start = start
        self.lastSeen = lastSeen
    }

    /// What an unused place of a table holds.
    @inlinable public static var unused: SessionRecord {
        let never = Timestamp(nanoseconds: 0)
        return SessionRecord(id: SessionID(rawValue: 0), original: .empty, reply: .empty, start: never, lastSeen: never)
    }

    /// Whether the tuple's source port means something; of ICMP, its identifier.
    @inlinable
    public var hasSourcePort: Bool { original.hasPorts && facts.isDisjoint(with: [.sourcePortVaries, .fragments]) }

    /// Whether the tuple's destination port means something.
    @inlinable
    public var hasDestinationPort: Bool {
        original.hasPorts && facts.isDisjoint(with: [.destinationPortVaries, .fragments])
    }

    /// What the tuple of ICMP has in the place of ports; without its identifier where that varies.
    public var icmp: ICMPMessage? {
        guard var message = original.icmp else { return nil }
        if !facts.isDisjoint(with: [.sourcePortVaries, .fragments]) { message.identifier = nil }
        return message
    }

    /// Whether source or destination is translated.
    @inlinable
    public var isTranslated: Bool { !reply.answers(original) }
}

/// What is known of a session, as flags.
public struct SessionFacts: OptionSet, Sendable {
    public var rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The record is in use.
    @inlinable public static var live: SessionFacts { SessionFacts(rawValue: 1 << 0) }
    /// Conntrack told of the session.
    @inlinable public static var conntrack: SessionFacts { SessionFacts(rawValue: 1 << 1) }
    /// A rule logged a packet of the session.
    @inlinable public static var nflog: SessionFacts { SessionFacts(rawValue: 1 << 2) }
    /// ``SessionRecord/counters`` are known.
    @inlinable public static var counters: SessionFacts { SessionFacts(rawValue: 1 << 3) }
    /// ``SessionRecord/start`` is the session's beginning and not merely when nfmon first heard of it.
    @inlinable public static var start: SessionFacts { SessionFacts(rawValue: 1 << 4) }
    @inlinable public static var mark: SessionFacts { SessionFacts(rawValue: 1 << 5) }
    /// The session was there before nfmon listened: the kernel may never send an event about it.
    @inlinable public static var predatesListener: SessionFacts { SessionFacts(rawValue: 1 << 6) }
    /// Only packets told of the session so far, and conntrack's word may still come.
    @inlinable public static var awaitsConntrack: SessionFacts { SessionFacts(rawValue: 1 << 7) }
    /// The event stream has told of the session.
    @inlinable public static var announced: SessionFacts { SessionFacts(rawValue: 1 << 8) }
    /// A packet of the session was dropped or rejected.
    @inlinable public static var denied: SessionFacts { SessionFacts(rawValue: 1 << 9) }
    /// The counters are a lower bound: they became smaller, so somebody zeroed them, or the session ended without a last word.
    @inlinable public static var lowerBound: SessionFacts { SessionFacts(rawValue: 1 << 10) }
    /// The counters were read at least twice: the rates mean something.
    @inlinable public static var rate: SessionFacts { SessionFacts(rawValue: 1 << 11) }
    /// The session has ended; ``SessionRecord/lastSeen`` is its end.
    @inlinable public static var ended: SessionFacts { SessionFacts(rawValue: 1 << 12) }
    /// Of denied attempts: they came from several source ports, or with several ICMP identifiers; the tuple has none.
    @inlinable public static var sourcePortVaries: SessionFacts { SessionFacts(rawValue: 1 << 13) }
    /// Of denied attempts: they went to several ports (``Denials/scannedPorts``); the tuple has none.
    @inlinable public static var destinationPortVaries: SessionFacts { SessionFacts(rawValue: 1 << 14) }
    /// The session was offloaded to a flowtable at some time: counters may lack what passed meanwhile.
    @inlinable public static var offloaded: SessionFacts { SessionFacts(rawValue: 1 << 15) }
    /// ``SessionRecord/counters`` are from before the last word about the session: there may be more since.
    @inlinable public static var countersAreOld: SessionFacts { SessionFacts(rawValue: 1 << 17) }
    /// A capture saw a packet of the session.
    @inlinable public static var packet: SessionFacts { SessionFacts(rawValue: 1 << 18) }
    /// Nobody knows the packets' ports: they are later fragments and the first one was not seen, or were cut in front of them.
    @inlinable public static var fragments: SessionFacts { SessionFacts(rawValue: 1 << 16) }
}
