public import FlowModel

/// All sessions that are known to exist, by either of their tuples.
///
/// A pure state machine: observations and the time go in, events come out; it has no clock, no lock and no randomness of its
/// own. Sources may repeat themselves and each other, in any order.
public struct SessionTable: ~Copyable {
    /// What bounds the table.
    public struct Configuration: Sendable {
        /// Sessions altogether; beyond it new ones are refused and counted.
        public var maximumSessions = 4_194_304
        /// Sessions that only packets told of; beyond it the one unused for longest is evicted and counted.
        public var maximumPacketSessions = 65_536
        /// Sessions of denied attempts; beyond it the one unused for longest is evicted and counted.
        public var maximumDeniedSessions = 65_536
        /// Nanoseconds that a packet waits for conntrack's word about its session, as the two sockets are not ordered, and
        /// that a session of so short a life waits for packets, as NFLOG gathers them for up to its flush timeout.
        public var packetHold: UInt64 = 500_000_000
        /// Nanoseconds after which a session that only packets told of ends for want of packets.
        public var packetIdle: UInt64 = 120_000_000_000
        /// The same for a TCP connection that captures saw being answered, and not closed.
        public var connectionIdle: UInt64 = 3_600_000_000_000
        /// Whether changes are told as events. A single look at the table does not need them.
        public var tellsEvents = true
        /// Whether of events only ends are told, for who asks once what there was for a while.
        public var tellsOnlyEnds = false
        /// Which sessions' events are told, the others being nobody's wish; `nil` is all. The last is the event's time.
        public var isWanted: (@Sendable (borrowing Session, InterfaceNames, Timestamp) -> Bool)?
        /// What conntrack need not tell of, and does not: packets of such sessions find none, and are nobody's wish either.
        public var sourceFilter = SourceFilter.everything
        /// How many events may wait to be taken away; beyond it they are counted and not told.
        public var maximumEvents = Int.max
        /// Whether the sessions that were there before nfmon listened are told as events.
        public var tellsInitial = true
        /// Whether conntrack is read at all: without it no packet waits for its word.
        public var hasConntrack = true
        /// Whether NFLOG is read at all: without it no session waits for packets.
        public var hasNFLog = true
        /// Whether a capture is read. Where the first word of one comes nevertheless, as of a savefile, it is known from then on.
        public var hasTaps = false
        /// Nanoseconds that a session which has ended waits for what captures saw of it: they tell once a second.
        public var tapHold: UInt64 = 1_500_000_000
        /// ``maximumPacketSessions`` where a capture is read, as it sees everything.
        public var maximumFrameSessions = 262_144

        public init() {}
    }

    let configuration: Configuration
    let hasher: KeyHasher
    var index = SessionIndex()
    var records = Slab(filler: SessionRecord.unused)
    var lanes = Slab(filler: TrackedLane())
    var logs = Slab(filler: LogLane())
    var tombstones = Tombstones()
    var losses = LossLog()
    var packetSessions = PacketSessions()
    var denied = DeniedSessions()
    var denials = DenialChains()
    var taps = TapChains()
    /// Sessions that only frames told of and that were closed, until the last frames must have come.
    var closing = DeadlineQueue<Waiter>()
    /// Whether captures tell something, when the first of their frames passed, and when they last lost some.
    var readsFrames: Bool
    var firstFrame: Timestamp?
    var lastFrameLoss: Timestamp?
    var fragments = FragmentTrail()
    var held = DeadlineQueue<HeldPacket>()
    /// Sessions that have just begun, until the attempts that were denied before them must have come.
    var begun = DeadlineQueue<Waiter>()
    var zones = ZoneUse()
    /// When NFLOG last lost packets: what it counted of sessions from before is a lower bound.
    var lastPacketLoss: Timestamp?
    var waiting = DeadlineQueue<Waiter>()
    /// The sessions that have ended and are kept a little longer, and their places in the order in which they ended.
    var departures = Slab(filler: Departure())
    var departing = DeadlineQueue<UInt32>()
    var departedCount = 0
    var dump = DumpProgress()
    var interfaces = InterfaceNames()
    var summary = TableSummary()
    var warming = Warming()
    var tally = Tally()
    /// What was counted of sessions before somebody zeroed their counters, which few hosts ever see. One entry for each of them at most,
    /// some 80 bytes.
    var zeroed: [UInt32: DirectionalCounters] = [:]
    /// Events that were not told for want of room since ``takeUntold()``.
    var untoldCount: UInt64 = 0
    /// Rates that were read before, by the monotonic clock, are too old to be one.
    var rateHorizon: UInt64 = 0
    /// Where events go while a batch is applied; the caller's array is swapped in and out.
    var events: [SessionEvent] = []
    /// An existential has the whole table handed on by its address. Without one, each call of a function that does not change it copies
    /// its two kilobytes to the stack, which is a fifth of what an event costs (Tests/Benchmarks).
    private let isAddressed: any Sendable = true

    /// - Parameter seed: random numbers that nobody outside can know, against chosen hash collisions.
    public init(configuration: Configuration = Configuration(), seed: (UInt64, UInt64)) {
        self.configuration = configuration
        readsFrames = configuration.hasTaps
        hasher = KeyHasher(seed: seed)
    }

    /// Takes in what a source learned, and appends what it changed to `events`.
    ///
    /// - Complexity: O(observations) on average; the end of a dump costs O(sessions).
    public mutating func apply(_ batch: ObservationBatch, at time: ReceiveTime, events: inout [SessionEvent]) {
        swap(&self.events, &events)
        defer { swap(&self.events, &events) }
        goOnSweeping()
        settle(at: time)
        tally.foldIfDue(at: time.monotonic, interfaces)
        reportLosses(at: time)
        warm(batch)
        for (number, place) in batch.places.enumerated() {
            let index = Int(place.index)
            switch place.kind {
            case .conntrack: apply(batch.conntrack[index], hash: warming.hashes[number], at: time)
            case .packet: apply(batch.packets[index], hash: warming.hashes[number], at: time)
            case .flow: apply(batch.flows[index], hash: warming.hashes[number], at: time)
            case .other: apply(batch.others[index], at: time)
            }
        }
        reportLosses(at: time)
    }

    /// Lets time pass: what waited long enough is told, what was unused for too long ends.
    public mutating func advance(to time: ReceiveTime, events: inout [SessionEvent]) {
        swap(&self.events, &events)
        defer { swap(&self.events, &events) }
        goOnSweeping()
        settle(at: time)
        tally.foldIfDue(at: time.monotonic, interfaces)
        reportLosses(at: time)
    }

    /// The sources have ended: tells what is left to tell. Sessions stay, as nobody said that they ended.
    public mutating func finish(at time: ReceiveTime, events: inout [SessionEvent]) {
        swap(&self.events, &events)
        defer { swap(&self.events, &events) }
        goOnSweeping(toTheEnd: true)
        settle(at: time)
        settleAll()
        tellAttempts(at: time)
        doubtOldCounters(at: time)
        for report in losses.due(at: time.monotonic, all: true) { tell(.loss(report), at: report.to) }
    }

    /// Calls `body` with each session, in no order that means anything.
    ///
    /// - Complexity: O(places ever used).
    public func forEach(_ body: (borrowing Session) -> Void) {
        for slot in 0..<UInt32(records.extent) where records[slot].facts.isLive { body(session(slot)) }
    }

    /// The same for a part of the table, without rates that nobody has renewed for long.
    ///
    /// - Parameters:
    ///   - now: by the monotonic clock.
    ///   - position: where to go on; 0 is the beginning.
    /// - Returns: where the next part begins, `nil` after the last one.
    /// - Complexity: O(places ever used) for all parts together; 8,192 places for one, a millisecond or two.
    public func forEach(
        at now: UInt64, from position: UInt32, _ body: (borrowing Session) -> Void
    ) -> UInt32? {
        let end = min(Int(position) + 8_192, records.extent)
        let horizon = now &- min(now, dump.greatestRateAge)
        for slot in position..<max(position, UInt32(end)) where records[slot].facts.isLive {
            var session = session(slot)
            if session.record.countersReadAt < horizon { session.record.facts.remove(.rate) }
            body(session)
        }
        return end < records.extent ? UInt32(end) : nil
    }

    /// The number of sessions.
    public var count: Int { records.count - departedCount }

    /// How many dumps have ended.
    public var dumpCount: UInt64 { summary.dumpCount }

    /// Whether a dump that began at a time of the monotonic clock, in nanoseconds, or later has ended.
    public func hasLooked(since time: UInt64) -> Bool { dump.lastEnd != nil && dump.lastBegunAt >= time }

    /// How many of them were complete.
    public var completeDumpCount: UInt64 { summary.completeDumpCount }

    /// How complete the table is.
    public var completeness: TableSummary {
        var summary = self.summary
        summary.sessionCount = count
        summary.packetSessionCount = packetSessions.count + denied.count
        summary.conntrackSessionCount = count - summary.packetSessionCount
        return summary
    }

    /// The interfaces' names by index, those of interfaces that went included.
    public var interfaceNames: InterfaceNames { interfaces }

    private mutating func apply(_ observation: Observation, at time: ReceiveTime) {
        switch observation {
        case .conntrack, .packet, .flow: break  // never among the others of a batch
        case .interface(let interface): interfaces.take(interface)
        case .loss(let loss): note(loss, at: time)
        case .frames(let figures): note(figures)
        case .dumpBegan(let start): beginDump(start, at: time)
        case .dumpEnded(let end): endDump(end, at: time)
        case .subscription(let subscription): change(to: subscription, at: time)
        }
    }

    private mutating func note(_ figures: FrameFigures) {
        readsFrames = true
        summary.frames.add(figures)
    }

    /// The conntrack source takes other events than before.
    private mutating func change(to subscription: Subscription, at time: ReceiveTime) {
        let (before, now) = (summary.subscription, subscription)
        summary.subscription = now
        guard before.symmetricDifference(now) != .reliable, before != now else { return }
        summary.wasShed = true
        tell(.shed(now), at: time.wall)
    }

    /// Events that were told and that the output could not take.
    mutating func noteUnwritten(_ count: UInt64, at time: ReceiveTime) {
        note(Loss(lane: .conntrack, cause: .output, count: count), at: time)
    }

    private mutating func note(_ loss: Loss, at time: ReceiveTime) {
        if loss.lane == .nflog { lastPacketLoss = time.wall }
        if loss.lane == .packet, loss.cause != .malformed { lastFrameLoss = time.wall }
        guard loss.count != 0 else { return }
        losses.add(loss, at: time)
        // A source that was down begins with a dump anyway.
        if loss.lane == .conntrack, loss.cause == .overrun {
            dump.isDirty = true
            dump.isNeeded = true
        }
        if loss.lane == .conntrack, loss.cause == .malformed { dump.isDamaged = true }
        if let fault = loss.fault { summary.faultCounts[fault, default: 0] &+= loss.count ?? 1 }
        if loss.cause == .overrun { summary.lossSpans[loss.lane, default: LossSpan(at: time.wall)].to = time.wall }
        switch (loss.cause, loss.count) {
        case (.overrun, let count?), (.down, let count?): summary.lostCounts[loss.lane] &+= count
        case (.malformed, let count?): summary.malformedCounts[loss.lane] &+= count
        case (.output, let count?): summary.unwrittenEvents &+= count
        case (_, nil):
            summary.uncountedLosses &+= 1
            summary.uncountedCounts[loss.lane] &+= 1
        }
    }

    private mutating func reportLosses(at time: ReceiveTime) {
        guard configuration.tellsEvents else { return }
        for report in losses.due(at: time.monotonic) { tell(.loss(report), at: report.to) }
    }
}

extension SessionFacts {
    /// A dump's row was the first word about the session, and no event or later dump has told of it since. For the table's
    /// own use.
    static var foundByRow: SessionFacts { SessionFacts(rawValue: 1 << 31) }

    /// The session's beginning was counted. For the table's own use.
    static var countedAsBegun: SessionFacts { SessionFacts(rawValue: 1 << 30) }

    /// Whether the session exists as far as is known.
    var isLive: Bool { contains(.live) && !contains(.ended) }

    /// Whether it exists and conntrack told of it.
    var isTracked: Bool { isSuperset(of: [.live, .conntrack]) && !contains(.ended) }
}
