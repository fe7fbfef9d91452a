import Synchronization

/// What receive buffer would have held the greatest burst that overran it.
public final class BufferAdvice: Sendable {
    private let greatest = Mutex<Int>(0)

    /// Bytes, as `--conntrack-buffer` counts them; 0 where nothing was lost.
    public var sufficientByteCount: Int { greatest.withLock { $0 } }

    func note(_ byteCount: Int) { greatest.withLock { $0 = max($0, byteCount) } }
}
