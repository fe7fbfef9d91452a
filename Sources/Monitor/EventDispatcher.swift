import FlowModel
import Ingest

/// The thread that takes the store's events into the stream.
final class EventDispatcher: Sendable {
    /// Nanoseconds between two signs of life while nothing happens.
    private static let tick: UInt64 = 500_000_000

    private let stopSignal: Signal
    private let thread: Thread
    private let lastTurn: Progress

    /// When the thread last came round.
    private final class Progress: Sendable {
        let time = Lock<UInt64>(0)
    }

    /// - Parameter change: up when the store has events.
    init(_ stream: EventStream, wokenBy change: Signal) throws(IngestError) {
        let stop = try Signal()
        let progress = Progress()
        (stopSignal, lastTurn) = (stop, progress)
        thread = try Thread(name: "nf-stream") {
            let gathering = Gathering()
            var count = 0
            while !stop.isRaised {
                Signal.wait(for: [stop, change], timeout: Self.tick)
                if gathering.isDue(after: count) { Signal.wait(for: [stop], timeout: gathering.nanoseconds) }
                change.lower()
                count = stream.gather()
                progress.time.withLock { $0 = ReceiveTime.now.monotonic }
            }
            stream.gather()
            stream.end()
        }
    }

    /// Whether events go on from the store to the stream: the thread has come round lately, and got at both.
    func isAlive(at now: UInt64) -> Bool { now &- lastTurn.time.withLock { $0 } < 4 * Self.tick }

    /// Takes what is left, and ends the stream.
    func stop() {
        stopSignal.raise()
        thread.join()
    }
}
