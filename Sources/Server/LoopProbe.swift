import FlowModel
import NIOCore

/// Asks an event loop to come round: by itself it sleeps until there is something to do.
final class LoopProbe: Sendable {
    let watched: WatchedLoop
    private let loop: any EventLoop
    private let isAsked = Lock(false)

    init(_ loop: any EventLoop, name: String) {
        self.loop = loop
        watched = WatchedLoop(name: name, turns: TurnCounter())
    }

    /// Asks it, unless it has not even answered the last time.
    func ask() {
        let wasAsked = isAsked.withLock { isAsked in
            defer { isAsked = true }
            return isAsked
        }
        guard !wasAsked else { return }
        loop.execute { [self] in
            isAsked.withLock { $0 = false }
            watched.turns.add()
        }
    }
}
