/// What a source knows that it did not see.
public struct Loss: Sendable {
    public enum Cause: UInt8, Sendable {
        /// The socket's receive buffer was full: conntrack's count is the socket's own, NFLOG's a gap in the sequence.
        case overrun
        /// A message that could not be decoded.
        case malformed
        /// The output could not keep up; the session table is right, the event stream has a hole.
        case output
        /// The source did not read. A count of 0 says that this begins; what was lost meanwhile is told when it is over.
        case down
    }

    public var lane: Lane
    public var cause: Cause
    /// Messages (conntrack), packets (NFLOG) or events (output) lost; `nil` where the kernel said only that there was a loss.
    public var count: UInt64?
    /// Of a malformed message, in what way.
    public var fault: WireFault?
    /// When it began; `nil` where that is when it was noticed.
    public var since: Timestamp?

    @inlinable
    public init(lane: Lane, cause: Cause, count: UInt64?, fault: WireFault? = nil, since: Timestamp? = nil) {
        self.lane = lane
        self.cause = cause
        self.count = count
        self.fault = fault
        self.since = since
    }
}

/// The time between the first and the last loss of a lane.
public struct LossSpan: Hashable, Sendable {
    public var from: Timestamp
    public var to: Timestamp

    public init(at time: Timestamp) { (from, to) = (time, time) }

    /// A span that goes on, or begins.
    public init(_ span: LossSpan?, upTo time: Timestamp) { (from, to) = (span?.from ?? time, time) }
}

/// The beginning of a dump of the conntrack table.
public struct DumpStart: Sendable {
    public enum Cause: UInt8, CaseIterable, Sendable {
        /// The first look, when the source starts.
        case initial
        /// Events were lost.
        case overrun
        /// A look now and then, for the entries that send no events, and for counters.
        case periodic
        /// The source was down for a while.
        case restart

        /// The word that the event stream uses.
        public var keyword: String {
            switch self {
            case .initial: "initial"
            case .overrun: "overrun"
            case .periodic: "periodic"
            case .restart: "restart"
            }
        }

        /// Whether it makes up for events that were missed.
        public var isRepair: Bool { self == .overrun || self == .restart }
    }

    public var cause: Cause

    @inlinable
    public init(cause: Cause) { self.cause = cause }
}

/// The end of a dump.
public struct DumpEnd: Sendable {
    /// Whether the kernel said that it is done and no event was lost meanwhile; only then absence means anything.
    public var isComplete: Bool

    @inlinable
    public init(isComplete: Bool) { self.isComplete = isComplete }
}
