/// One line of the event stream.
public struct SessionEvent: Sendable {
    public enum Kind: Sendable {
        case start
        case update
        case end(SessionEnd)
        /// The first time a packet of the session was dropped or rejected.
        case denied
        case loss(LossReport)
        /// A dump begins that shall find what the events did not tell.
        case resyncBegan(DumpStart.Cause)
        /// It has ended.
        case resync(ResyncReport)
        /// Conntrack's events that are taken from now on: fewer under an overrun that lasts, and all again when it is over.
        case shed(Subscription)
    }

    public var time: Timestamp
    public var kind: Kind
    /// The session; of losses and resyncs, which are about none, ``Session/none``.
    ///
    /// Not a part of ``Kind`` and no optional: it is large, and so it can be read where it lies.
    public var session: Session

    @inlinable
    public init(time: Timestamp, kind: Kind, session: Session = .none) {
        self.time = time
        self.kind = kind
        self.session = session
    }
}

/// When a session ended and how that is known.
public struct SessionEnd: Sendable {
    public enum Cause: UInt8, CaseIterable, Sendable {
        /// The kernel said so.
        case event
        /// The session is gone from the kernel's table, and no event told when.
        case inferred
        /// No packet came for a while; conntrack does not know the session.
        case timeout
        /// The table of sessions that only packets told of was full, and this was the one unused for longest.
        case evicted
        /// Frames showed that TCP closed the connection; conntrack does not know the session.
        case closed

        /// The word that outputs use.
        public var keyword: String {
            switch self {
            case .event: "event"
            case .inferred: "inferred"
            case .timeout: "timeout"
            case .evicted: "evicted"
            case .closed: "closed"
            }
        }
    }

    public var cause: Cause
    /// The end; of an inferred one the latest that it can be.
    public var time: Timestamp
    /// The earliest that an inferred end can be.
    public var earliest: Timestamp?

    @inlinable
    public init(cause: Cause, time: Timestamp, earliest: Timestamp? = nil) {
        self.cause = cause
        self.time = time
        self.earliest = earliest
    }
}

/// Losses of one lane over an interval.
public struct LossReport: Sendable {
    public var lane: Lane
    public var cause: Loss.Cause
    /// `nil` where the kernel did not say how many.
    public var count: UInt64?
    public var from: Timestamp
    public var to: Timestamp

    @inlinable
    public init(lane: Lane, cause: Loss.Cause, count: UInt64?, from: Timestamp, to: Timestamp) {
        self.lane = lane
        self.cause = cause
        self.count = count
        self.from = from
        self.to = to
    }
}

/// What a dump of the kernel's table changed in nfmon's.
public struct ResyncReport: Sendable {
    public var cause: DumpStart.Cause
    public var isComplete: Bool
    /// Nanoseconds from the dump's begin to its end.
    public var duration: UInt64
    public var rowCount: UInt64
    /// Sessions that no event had told of.
    public var foundCount: UInt64
    /// Sessions whose end no event had told of.
    public var endedCount: UInt64
    /// Sessions whose state, mark, status or translation differed from what the events had told.
    public var correctedCount: UInt64

    @inlinable
    public init(cause: DumpStart.Cause) {
        self.cause = cause
        isComplete = false
        duration = 0
        rowCount = 0
        foundCount = 0
        endedCount = 0
        correctedCount = 0
    }
}
