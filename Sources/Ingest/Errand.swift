public import FlowModel

/// A thread that does one thing at a time for somebody who does not wait for it.
///
/// Of what is asked while it works only the last is done: who asks again wants no answer to what was asked before.
public final class Errand<Request: Sendable, Result: Sendable>: Sendable {
    private struct State {
        var request: Request?
        var result: Result?
        var isStopped = false
    }

    /// Up when there is a result to take.
    public let news: Signal
    private let state: Lock<State>
    private let wake: Signal

    /// - Parameters:
    ///   - name: of the thread, at most 15 bytes.
    ///   - work: what is done; it may take its time.
    public init(name: String, _ work: @escaping @Sendable (Request) -> Result) throws(IngestError) {
        news = try Signal()
        wake = try Signal()
        state = Lock(State())
        // The thread is nobody's to wait for: it may be held up by what it asks, and goes with the process.
        _ = try Thread(name: name) { [self] in
            while true {
                Signal.wait(for: [wake], timeout: nil)
                wake.lower()
                let (request, isStopped) = state.withLock { state in
                    defer { state.request = nil }
                    return (state.request, state.isStopped)
                }
                if isStopped { return }
                guard let request else { continue }
                let result = work(request)
                state.withLock { $0.result = result }
                news.raise()
            }
        }
    }

    /// Asks for something, in the place of what was not begun yet.
    public func ask(_ request: Request) {
        state.withLock { $0.request = request }
        wake.raise()
    }

    /// Takes the last result; `nil` where there is no new one.
    public func take() -> Result? {
        news.lower()
        return state.withLock { state in
            defer { state.result = nil }
            return state.result
        }
    }

    /// Ends the thread once it has done what it does.
    public func stop() {
        state.withLock { $0.isStopped = true }
        wake.raise()
    }
}
