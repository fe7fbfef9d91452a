public import FlowModel

/// Lines for the standard error that a thread of its own writes, so that nobody waits for whoever reads them.
public final class LineQueue: Sendable {
    private struct State {
        var text: [UInt8] = []
        var lostCount: UInt64 = 0
    }

    private let limit: Int
    private let write: @Sendable ([UInt8]) -> Void
    private let tellLoss: @Sendable (UInt64) -> [UInt8]
    private let state = Lock(State())
    private let work: Signal
    /// Up while everything is written.
    private let rest: Signal
    private let end: Signal

    /// - Parameters:
    ///   - limit: bytes that wait to be written; what comes beyond them is lost.
    ///   - tellLoss: makes a line of how many were lost; called when there is room again.
    public init(
        limit: Int = 256 << 10, write: @escaping @Sendable ([UInt8]) -> Void = StandardError.write(text:),
        tellLoss: @escaping @Sendable (UInt64) -> [UInt8]
    ) throws(IngestError) {
        self.limit = limit
        self.write = write
        self.tellLoss = tellLoss
        (work, rest, end) = (try Signal(), try Signal(), try Signal())
        rest.raise()
        _ = try Thread(name: "nf-log") { [self] in run() }
    }

    private func run() {
        while !end.isRaised {
            Signal.wait(for: [work, end], timeout: nil)
            work.lower()
            let taken = take()
            if !taken.text.isEmpty { write(taken.text) }
            if taken.lostCount > 0 { write(tellLoss(taken.lostCount)) }
            state.withLock { if $0.text.isEmpty { rest.raise() } }
        }
    }

    /// Leaves a line to be written.
    public func append(_ line: [UInt8]) {
        state.withLock { state in
            guard state.text.count + line.count <= limit else { return state.lostCount += 1 }
            state.text += line
            rest.lower()
            work.raise()
        }
    }

    /// Waits until everything is written, but no longer than so many nanoseconds.
    public func finish(within timeout: UInt64) { Signal.wait(for: [rest], timeout: timeout) }

    /// Ends the thread, once it has written what it has taken.
    public func stop() { end.raise() }

    private func take() -> State {
        state.withLock { state in
            let taken = state
            state = State()
            return taken
        }
    }
}
