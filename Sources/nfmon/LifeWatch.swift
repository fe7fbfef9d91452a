import FlowModel
import Ingest
import Logging
import Monitor

/// Tells the service manager that the monitor is alive while every loop of it comes round, and the log which one does not.
///
/// It has a thread of its own, which waits for nobody: whoever asks a monitor that stands still how it is may have to wait as long.
final class LifeWatch: Sendable {
    /// Nanoseconds between two looks.
    private static let tick: UInt64 = 2_000_000_000

    private let stop: Signal
    private let thread: Thread

    /// Begins to look.
    ///
    /// - Parameter loops: those that must come round now.
    /// - Throws: where the process gets no thread or descriptor.
    init(
        _ manager: ServiceManager?, _ log: Logger, loops: @escaping @Sendable () -> [WatchedLoop]
    ) throws(IngestError) {
        let stop = try Signal()
        self.stop = stop
        // Half the time: a sign of life that is late by a little must not end the monitor.
        let interval = min(manager?.watchdog.map { max($0 / 2, 1_000_000) } ?? .max, Self.tick)
        thread = try Thread(name: "nf-watch") {
            var look = Look(manager: manager?.watchdog == nil ? nil : manager, log: log)
            while !stop.isRaised {
                look.look(at: loops())
                Signal.wait(for: [stop], timeout: interval)
            }
        }
    }

    /// Looks no more.
    func end() {
        stop.raise()
        thread.join()
    }

    /// What is known from look to look.
    private struct Look {
        /// Who waits for signs of life.
        let manager: ServiceManager?
        let log: Logger
        var watch = StallWatch()
        /// The loops that stood still at the last look.
        var stuck: [String] = []

        mutating func look(at loops: [WatchedLoop]) {
            let before = stuck
            stuck = watch.look(at: loops, now: ReceiveTime.now.monotonic).map(\.name)
            let consequence = manager == nil ? "" : ": no sign of life goes to the service manager until it goes on"
            for name in stuck where !before.contains(name) { log.error("\(name) stands still\(consequence)") }
            for name in before where !stuck.contains(name) { log.warning("\(name) goes on, or is not wanted any more") }
            if stuck.isEmpty { manager?.tell(["WATCHDOG=1"], waits: false) }
        }
    }
}
