public import FlowModel

/// What the sessions of a group come to.
public struct GroupTotals: Hashable, Sendable {
    /// How many there are, and both directions together.
    public private(set) var sessions = SelectionTotals()
    /// Each direction, of the sessions of which it is known.
    private var original = Counters()
    private var reply = Counters()
    private var isOriginalKnown = false
    private var isReplyKnown = false
    /// Sessions of which a packet was dropped or rejected.
    public private(set) var deniedCount = 0
    /// Packets that rules denied of them.
    public private(set) var attemptCount: UInt64 = 0
    /// Whether rules may have denied more than was read.
    public private(set) var attemptsAreLowerBound = false
    public private(set) var lastSeen = Timestamp(nanoseconds: .min)

    public init() {}

    /// Counts one more session.
    mutating func add(_ session: borrowing Session) {
        sessions.add(session)
        if session.record.facts.contains(.counters) {
            original = original + session.record.counters.original
            reply = reply + session.record.counters.reply
            isOriginalKnown = true
            isReplyKnown = true
        } else if !session.record.facts.isDisjoint(with: [.nflog, .packet]) {
            add(seen: session)
        }
        if session.record.facts.contains(.denied) {
            deniedCount += 1
            attemptCount = attemptCount &+ session.denials.packetCount
            if session.nflog?.isLowerBound == true { attemptsAreLowerBound = true }
        }
        lastSeen = max(lastSeen, session.record.lastSeen)
    }

    /// What no packet told of a direction is unknown, not 0.
    private mutating func add(seen session: borrowing Session) {
        if let counters = session.counters(of: .original) {
            original = original + counters
            isOriginalKnown = true
        }
        if let counters = session.counters(of: .reply) {
            reply = reply + counters
            isReplyKnown = true
        }
    }

    /// Both directions together; `nil` where no session has counters.
    public var counters: Counters? { sessions.hasCounters ? sessions.counters : nil }

    /// One direction; `nil` where it is known of no session.
    public func counters(of direction: FlowDirection) -> Counters? {
        switch direction {
        case .original: isOriginalKnown ? original : nil
        case .reply: isReplyKnown ? reply : nil
        }
    }

    /// Bytes and packets per second of the sessions whose rate is known; `nil` where there are none.
    public var rate: Counters? { sessions.rate }

    /// Sessions whose rate is known.
    public var ratedCount: Int { sessions.ratedCount }

    /// How sure ``counters`` are: a lower bound where those of any session are, or are unknown.
    public var exactness: Exactness {
        if counters == nil { return .unknown }
        return sessions.isExact ? .exact : .lowerBound
    }

    /// Whether ``rate`` is that of all the sessions.
    public var isRateWhole: Bool { sessions.isRateWhole }

    /// An amount, and whether it is all there is; `nil` where it is unknown, and for times.
    func amount(_ measure: GroupMeasure) -> (value: UInt64, isExact: Bool)? {
        let isExact = exactness == .exact
        return switch measure {
        case .sessions: (UInt64(sessions.sessionCount), true)
        case .denied: (UInt64(deniedCount), true)
        case .attempts: (attemptCount, !attemptsAreLowerBound)
        case .bytes: counters.map { ($0.byteCount, isExact) }
        case .packets: counters.map { ($0.packetCount, isExact) }
        case .sentBytes: counters(of: .original).map { ($0.byteCount, isExact) }
        case .receivedBytes: counters(of: .reply).map { ($0.byteCount, isExact) }
        case .byteRate: rate.map { ($0.byteCount, isRateWhole) }
        case .packetRate: rate.map { ($0.packetCount, isRateWhole) }
        case .start, .lastSeen: nil
        }
    }
}
