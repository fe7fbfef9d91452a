internal import FlowModel
internal import Wire

/// The conntrack source's thread: its sockets, and when to dump.
struct ConntrackReader: ~Copyable {
    /// Nanoseconds without a message after which the sink is told that time passes.
    private static let tick: UInt64 = 100_000_000
    /// Receive calls in a row before the other socket is looked at.
    private static let batchesPerTurn = 64
    /// Nanoseconds between two dumps while they stand in for the events that tell of beginnings.
    private static let shedDumpInterval: UInt64 = 1_000_000_000
    /// Bytes of a receive buffer per datagram: an event is far below 4 KiB (nlmsg_total_size of nf_conntrack_netlink.c). Not
    /// a power of two, as the beginnings of all buffers would then fight for the same few lines of the cache.
    private static let eventSize = 4096 + 320
    /// Bytes of receive buffer that outlast the gathering at any rate at which a kernel makes events.
    private static let bufferForGathering = 4 << 20

    /// The multicast group of each kind of event (`enum nfnetlink_groups`, nfnetlink.h).
    private static let groups: [(event: Subscription, number: Int32)] = [(.new, 1), (.update, 2), (.destroy, 3)]

    let warnings: [String]
    let isFiltered: Bool
    let advice = BufferAdvice()
    let gauge = DumpGauge()
    let wantedPace: WantedPace
    private let configuration: ConntrackSource.Configuration
    private let intake: Intake
    private let stopSignal: Signal
    private let events: NetlinkSocket
    private var dumps: DumpReader
    private var decoder: ObservationDecoder
    private var observations = ObservationBatch()
    private var lastDropCount: UInt32 = 0
    private var schedule = DumpSchedule()
    private var shedder = LoadShedder()
    private var pace: DumpPace
    private var isCongested = false
    private let gathering = Gathering()
    private let mayGather: Bool
    private var burst = BurstGauge()
    private var buffer: BufferGrowth
    private var lastTurn = ReceiveTime.now.monotonic
    /// How many events the current turn has read.
    private var turnCount = 0

    static func open(
        _ configuration: ConntrackSource.Configuration, _ intake: Intake, _ stopSignal: Signal
    ) throws(IngestError) -> ConntrackReader {
        let operation = "subscribe to conntrack events"
        let events = try NetlinkSocket.open(.netfilter, stride: eventSize, count: 64, for: operation)
        let dumps = try DumpReader.open(configuration, intake)
        var warnings: [String] = []
        let size = events.setReceiveBuffer(byteCount: configuration.receiveBuffer)
        if size < configuration.receiveBuffer {
            warnings.append(Self.bufferWarning(size: size, wanted: configuration.receiveBuffer))
        }
        events.ignoreOverrunErrors()
        // Before the groups are joined, so that nothing passes by it.
        let program = BPFProgram(keeping: configuration.filter)
        let isFiltered = program.map { events.attach($0) } ?? false
        if program == nil ? !configuration.filter.isOpen : !isFiltered {
            warnings.append(
                """
                the filter is too long for the kernel (\(program?.instructions.count ?? BPFProgram.maximumCount) \
                instructions or more): nfmon reads all events and leaves out what it excludes itself
                """)
        }
        if configuration.isReliable { try events.demandEnds(for: "ask for reliable delivery of conntrack events") }
        for (_, group) in Self.groups { try events.join(group: group, for: operation) }
        return ConntrackReader(
            configuration: configuration, intake: intake, stopSignal: stopSignal, events: events, dumps: dumps,
            bufferByteCount: size, warnings: warnings, isFiltered: isFiltered)
    }

    private init(
        configuration: ConntrackSource.Configuration, intake: Intake, stopSignal: Signal,
        events: consuming NetlinkSocket, dumps: consuming DumpReader, bufferByteCount: Int, warnings: [String],
        isFiltered: Bool
    ) {
        self.isFiltered = isFiltered
        mayGather = bufferByteCount >= Self.bufferForGathering
        buffer = BufferGrowth(from: bufferByteCount, to: configuration.greatestBuffer)
        self.warnings = warnings
        self.configuration = configuration
        pace = configuration.pace
        wantedPace = WantedPace(pace)
        self.intake = intake
        self.stopSignal = stopSignal
        self.events = events
        self.dumps = dumps
        decoder = ObservationDecoder(names: intake.names, admitting: configuration.filter)
    }

    private static func bufferWarning(size: Int, wanted: Int) -> String {
        // The kernel's own accounting has twice the size.
        """
        the conntrack receive buffer has \(size / 1024) KiB instead of \(wanted / 1024): a burst of more than about \
        \(2 * size / BurstGauge.eventByteCount) events while nfmon is busy will be lost (and counted): raise net.core.rmem_max, or grant CAP_NET_ADMIN
        """
    }

    /// Reads until the stop signal.
    ///
    /// - Parameter turns: counts how often it comes round.
    /// - Returns: whether nothing is left that nobody has read.
    mutating func run(turns: TurnCounter) throws(IngestError) -> Bool {
        if configuration.isReliable { tellSubscription() }
        try beginDump(configuration.firstDump)
        var set = PollSet(reading: [stopSignal.number, events.number, dumps.number])
        while true {
            turns.add()
            let gathers = mayGather && gathering.isDue(after: turnCount)
            set.watch(place: 1, events.number, !gathers)
            set.watch(place: 2, dumps.number, schedule.isRunning && !isCongested)
            let isReady = set.wait(timeout: gathers ? gathering.nanoseconds.pollTimeout : timeout) || gathers
            turnCount = 0
            if set.isReady(stopSignal.number) { return try drainAllEvents() }
            // The dump's rows go first: fewer of them are then older than an event that was told already.
            if set.isReady(dumps.number), let rows = try dumps.read() {
                heed(rows.answer)
                if let end = rows.end { try endDump(end) }
            }
            try drainEvents()
            if !isReady { heed(intake.advance(to: .now)) }
            let now = ReceiveTime.now.monotonic
            changePace()
            if shedder.stepIfDue(at: now) { try changeSubscription() }
            let turn = now &- lastTurn
            lastTurn = now
            if isCongested {
                schedule.pause(for: turn)
                dumps.pause(at: now)
                continue
            }
            if schedule.isRunning, dumps.isStuck(at: now) {
                try endDump(DumpEnd(isComplete: false))
                try dumps.reopen()
            }
            if let cause = schedule.due(at: now) { try beginDump(cause) }
        }
    }

    /// Milliseconds until something must be done even if nothing comes.
    private var timeout: Int32 {
        if isCongested { return 10 }
        let wait = schedule.wait(at: ReceiveTime.now.monotonic) ?? Self.tick
        return min(wait, Self.tick).pollTimeout
    }

    // MARK: Events

    /// Reads the events that are there, up to a bound, and looks whether the kernel dropped some.
    ///
    /// - Returns: whether none is left.
    @discardableResult
    private mutating func drainEvents() throws(IngestError) -> Bool {
        for _ in 0..<Self.batchesPerTurn {
            switch try events.receive(for: "read conntrack events") {
            case .datagrams(let count): deliver(count)
            case .nothing:
                noteDrops()
                if let size = burst.end() { advice.note(sufficient: size) }
                return true
            case .overrun:
                // The count says more than the error; only a kernel that does not count leaves the error alone to tell.
                if events.dropCount == nil { note(Loss(lane: .conntrack, cause: .overrun, count: nil)) }
            }
            noteDrops()
        }
        return false
    }

    private mutating func deliver(_ count: Int) {
        turnCount += count
        heed(intake.deliver(count, from: events, of: .conntrack, with: &decoder, reusing: &observations))
    }

    private mutating func noteDrops() {
        guard let drops = events.dropCount, drops != lastDropCount else { return }
        burst.add(Int(drops &- lastDropCount), bufferByteCount: buffer.byteCount)
        note(Loss(lane: .conntrack, cause: .overrun, count: UInt64(drops &- lastDropCount)))
        lastDropCount = drops
        if buffer.grow({ events.growReceiveBuffer(byteCount: $0) }) { advice.note(grown: buffer.byteCount) }
    }

    private mutating func note(_ loss: Loss) {
        let now = ReceiveTime.now.monotonic
        schedule.noteLoss(at: now)
        shedder.noteLoss(at: now)
        heed(intake.deliver([.loss(loss)], at: .now) { $0.append(loss) })
    }

    private mutating func heed(_ answer: SinkAnswer) {
        isCongested = answer.isCongested
        if let cause = answer.wantedDump { schedule.want(cause, at: ReceiveTime.now.monotonic) }
    }

    /// Joins and leaves groups as the load shedder says. What was not told meanwhile is found by a dump.
    private mutating func changeSubscription() throws(IngestError) {
        for (event, group) in Self.groups {
            if shedder.subscription.contains(event) {
                try events.join(group: group, for: "subscribe to conntrack events")
            } else {
                events.leave(group: group)
            }
        }
        tellSubscription()
        schedule.want(.overrun, at: ReceiveTime.now.monotonic)
    }

    private mutating func tellSubscription() {
        let subscription = shedder.subscription.union(configuration.isReliable ? .reliable : [])
        heed(intake.deliver([.subscription(subscription)], at: .now) { $0.append(subscription) })
    }

    /// Reads all events that are there now: as many as the receive buffer can hold, if more keep coming.
    ///
    /// - Returns: whether none was left.
    private mutating func drainAllEvents() throws(IngestError) -> Bool {
        for _ in 0..<64 where try drainEvents() { return true }
        return false
    }

    // MARK: Dumps

    private mutating func beginDump(_ cause: DumpStart.Cause) throws(IngestError) {
        let time = ReceiveTime.now
        heed(try dumps.begin(cause, sequence: schedule.begin(cause, at: time.monotonic), at: time))
    }

    /// Hands on a dump's end, after the events that are already there, so that what they ended is not missed in the dump.
    private mutating func endDump(_ end: DumpEnd) throws(IngestError) {
        var end = end
        if try !drainAllEvents() { end.isComplete = false }
        let answer = dumps.conclude(end, at: .now)
        let now = ReceiveTime.now
        schedule.end(
            at: now.monotonic, interval: dumpInterval, processorTime: dumps.processorTime,
            processorShare: pace.processorShare)
        gauge.note(
            from: dumps.begunAt, to: now, processorTime: dumps.processorTime, isComplete: end.isComplete)
        heed(answer)
    }

    /// Another pace may be wanted, of the next dump already.
    private mutating func changePace() {
        let wanted = wantedPace.current
        guard wanted != pace else { return }
        pace = wanted
        schedule.plan(interval: dumpInterval, processorShare: pace.processorShare)
    }

    /// Nanoseconds between two dumps; short where dumps stand in for the events that tell of beginnings.
    private var dumpInterval: UInt64 {
        let interval = pace.interval
        return shedder.subscription.contains(.new) ? interval : min(interval, Self.shedDumpInterval)
    }
}
