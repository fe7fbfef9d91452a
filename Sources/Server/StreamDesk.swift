import FlowModel

/// The readers of the event stream: so many, and all ended together.
final class StreamDesk: Sendable {
    typealias Wake = AsyncStream<Void>.Continuation

    private struct State {
        var wakes: [UInt64: Wake] = [:]
        var next: UInt64 = 0
        var isClosing = false
    }

    private let limit: Int
    private let state = Lock(State())

    init(limit: Int) { self.limit = limit }

    /// Notes a reader, which is woken when all shall end.
    func enter(_ wake: Wake) throws(Problem) -> UInt64 {
        let number: UInt64? = state.withLock { state in
            guard state.wakes.count < limit, !state.isClosing else { return nil }
            state.next += 1
            state.wakes[state.next] = wake
            return state.next
        }
        guard let number else {
            throw .busy("the event stream has as many readers as it takes (limits.event-readers): end one of them")
        }
        return number
    }

    func leave(_ number: UInt64) { state.withLock { _ = $0.wakes.removeValue(forKey: number) } }

    /// Whether all streams shall end.
    var isClosing: Bool { state.withLock { $0.isClosing } }

    /// Has all streams end where they are.
    func close() {
        let wakes = state.withLock { state in
            state.isClosing = true
            return Array(state.wakes.values)
        }
        for wake in wakes { wake.yield() }
    }
}
