internal import FlowModel

/// How large the receive buffer is, and what would have held the greatest burst that overran it.
public final class BufferAdvice: Sendable {
    private struct State {
        var sufficient = 0
        var grown = 0
    }

    private let state = Lock(State())

    /// Bytes, as `--conntrack-buffer` counts them; 0 where nothing was lost.
    public var sufficientByteCount: Int { state.withLock { $0.sufficient } }

    /// What the buffer has grown to; 0 where it has not.
    public var grownByteCount: Int { state.withLock { $0.grown } }

    func note(sufficient byteCount: Int) { state.withLock { $0.sufficient = max($0.sufficient, byteCount) } }

    func note(grown byteCount: Int) { state.withLock { $0.grown = byteCount } }
}
