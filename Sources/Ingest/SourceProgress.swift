internal import FlowModel

/// What a source's thread tells of itself.
final class SourceProgress: Sendable {
    let turns = TurnCounter()
    private let hasRest = Lock(false)

    /// Whether the thread has ended without having read all that was there; the kernel did not say how much it was.
    var hasLeftSomething: Bool { hasRest.withLock { $0 } }

    /// The thread ends, and something is left that nobody has read.
    func leaveSomething() { hasRest.withLock { $0 = true } }
}
