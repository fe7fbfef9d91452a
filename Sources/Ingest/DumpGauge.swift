public import FlowModel

/// What dumps cost and when they were, for other threads to see.
public final class DumpGauge: Sendable {
    private struct State {
        var totals = TotalsStatus()
        var lastBegin: UInt64?
    }

    private let state = Lock(State())

    /// How the totals of running sessions are kept fresh.
    public var totals: TotalsStatus { state.withLock { $0.totals } }

    /// A dump has ended.
    ///
    /// - Parameters:
    ///   - begin: when it began.
    ///   - now: when it ended.
    ///   - processorTime: nanoseconds that it took of a processor.
    ///   - isComplete: whether the kernel finished it.
    func note(from begin: ReceiveTime, to now: ReceiveTime, processorTime: UInt64, isComplete: Bool) {
        state.withLock { state in
            if let lastBegin = state.lastBegin { state.totals.interval = begin.monotonic &- lastBegin }
            state.lastBegin = begin.monotonic
            state.totals.dumpDuration = now.monotonic &- begin.monotonic
            state.totals.dumpProcessorTime = processorTime
            state.totals.processorTime &+= processorTime
            if isComplete { state.totals.lastDumpAt = begin.wall }
        }
    }
}
