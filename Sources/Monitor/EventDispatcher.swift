import FlowModel
import Ingest

/// The thread that takes the store's events into the stream.
final class EventDispatcher: Sendable {
    /// Nanoseconds between two turns while nothing happens.
    private static let tick: UInt64 = 500_000_000

    private let stopSignal: Signal
    private let thread: Thread
    private let progress: Progress

    /// What the thread has done.
    private final class Progress: Sendable {
        let turns = TurnCounter()
        let rate = Lock(RateGauge())

        func note(_ count: Int, at now: UInt64) {
            turns.add()
            rate.withLock { $0.add(count, at: now) }
        }
    }

    /// - Parameter change: up when the store has events.
    init(_ stream: EventStream, wokenBy change: Signal) throws(IngestError) {
        let stop = try Signal()
        let progress = Progress()
        (stopSignal, self.progress) = (stop, progress)
        thread = try Thread(name: "nf-stream") {
            let gathering = Gathering()
            var count = 0
            while !stop.isRaised {
                Signal.wait(for: [stop, change], timeout: Self.tick)
                if gathering.isDue(after: count) { Signal.wait(for: [stop], timeout: gathering.nanoseconds) }
                change.lower()
                count = stream.gather()
                progress.note(count, at: ReceiveTime.now.monotonic)
            }
            stream.gather()
            stream.end()
        }
    }

    /// What must come round, so that events go on from the store to the stream.
    var loop: WatchedLoop { WatchedLoop(name: "the stream of events", turns: progress.turns) }

    /// Events a second, lately; `nil` before that is known.
    func eventsPerSecond(at now: UInt64) -> Double? { progress.rate.withLock { $0.perSecond(at: now) } }

    /// Takes what is left, and ends the stream.
    func stop() {
        stopSignal.raise()
        thread.join()
    }
}
