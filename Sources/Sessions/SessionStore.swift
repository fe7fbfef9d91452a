public import FlowModel

/// The one session table, shared: sources deliver to it, an output takes its events, queries look at it.
///
/// Everything is under one lock, taken once for each batch. Events wait in a bounded queue; an output that does not keep up
/// loses events, which is counted, and never holds up a source.
public final class SessionStore: ObservationSink {
    private struct State: ~Copyable {
        var table: SessionTable
        var queue: [SessionEvent] = []
        /// The number of the queue's first event in the stream.
        var firstSequence: UInt64 = 0
        var unwritten: UInt64 = 0
        var lastTime = ReceiveTime(wall: Timestamp(nanoseconds: 0), monotonic: 0)
    }

    /// How many events may wait for the output if nothing else is said.
    public static let defaultQueueLimit = 65_536

    private let queueLimit: Int
    private let state: Lock<State>
    private let clock: (@Sendable () -> UInt64)?
    private let onChange: @Sendable () -> Void

    /// - Parameters:
    ///   - queueLimit: how many events may wait for the output; a quarter of it is when a dump should pause.
    ///   - onChange: called, from a source's thread and without the lock, when events have come into an empty queue
    ///     and when a dump has ended.
    ///   - clock: the monotonic one, with which latencies are measured up to the table; without it only up to the reception.
    public init(
        configuration: SessionTable.Configuration = SessionTable.Configuration(), seed: (UInt64, UInt64),
        queueLimit: Int = defaultQueueLimit, onChange: @escaping @Sendable () -> Void = {},
        clock: (@Sendable () -> UInt64)? = nil
    ) {
        var configuration = configuration
        configuration.maximumEvents = queueLimit
        state = Lock(State(table: SessionTable(configuration: configuration, seed: seed)))
        self.queueLimit = queueLimit
        self.clock = clock
        self.onChange = onChange
    }

    public func take(_ batch: ObservationBatch, at time: ReceiveTime) -> SinkAnswer {
        change(at: time) { $0.apply(batch, at: time, events: &$1) }
    }

    public func advance(to time: ReceiveTime) -> SinkAnswer {
        change(at: time) { $0.advance(to: time, events: &$1) }
    }

    /// The sources have ended: tells what is left to tell.
    public func finish(at time: ReceiveTime) {
        _ = change(at: time) { $0.finish(at: time, events: &$1) }
    }

    private func change(
        at time: ReceiveTime, _ body: (inout SessionTable, inout [SessionEvent]) -> Void
    ) -> SinkAnswer {
        let (answer, isNews) = state.withLock { state in
            let before = state.queue.count
            let dumps = state.table.dumpCount
            state.lastTime = time
            if let now = clock?() { state.table.noteDelay(now > time.monotonic ? now - time.monotonic : 0) }
            body(&state.table, &state.queue)
            state.unwritten &+= state.table.takeUntold()
            let answer = SinkAnswer(
                wantedDump: state.table.wantedDump,
                isCongested: state.queue.count > queueLimit / 4 || state.table.isSweeping)
            let isNews =
                (before == 0 && !state.queue.isEmpty) || state.table.dumpCount != dumps
            return (answer, isNews)
        }
        if isNews { onChange() }
        return answer
    }

    /// Takes the waiting events into `events`, whose memory the queue uses from then on.
    ///
    /// - Returns: the number of the first of them in the stream, counted from 0; a gap in the numbers is exactly the events
    ///   that the output was too slow for, and a loss event follows it.
    public func takeEvents(into events: inout [SessionEvent]) -> UInt64 {
        events.removeAll(keepingCapacity: true)
        return state.withLock { state in
            swap(&state.queue, &events)
            let first = state.firstSequence
            state.firstSequence = first &+ UInt64(events.count) &+ state.unwritten
            if state.unwritten > 0 {
                state.table.noteUnwritten(state.unwritten, at: state.lastTime)
                state.unwritten = 0
            }
            return first
        }
    }

    /// Copies the sessions in some of the table's places that are there for whoever reads the stream; sources wait meanwhile, so the
    /// places had better be few.
    public func slice(_ places: Range<UInt32>) -> TableSlice {
        state.withLock { state in
            TableSlice(
                sessions: state.table.told(in: places), sequence: state.firstSequence &+ UInt64(state.queue.count),
                time: state.lastTime.wall, interfaces: state.table.interfaceNames,
                isLast: places.upperBound >= state.table.extent)
        }
    }

    /// Forgets the interfaces that went and that nothing refers to any more.
    func sweepInterfaces(_ use: inout TableUse) { state.withLock { $0.table.sweepInterfaces(&use) } }

    /// Looks at the table; sources wait meanwhile.
    public func withTable<Result: Sendable>(_ body: (borrowing SessionTable) -> sending Result) -> sending Result {
        state.withLock { body($0.table) }
    }
}
