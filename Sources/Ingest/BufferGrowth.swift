/// How large a receive buffer is, and how it grows when it has overrun.
///
/// A buffer's size is a bound: the kernel takes memory for what waits in it only. It is doubled, so that a host whose bursts
/// are greater than the usual ones soon loses nothing of them.
struct BufferGrowth {
    /// Bytes, as options count them; the kernel's accounting has twice as much.
    private(set) var byteCount: Int
    private var limit: Int

    /// - Parameters:
    ///   - byteCount: what the socket has now.
    ///   - limit: what it may have at most.
    init(from byteCount: Int, to limit: Int) {
        self.byteCount = byteCount
        self.limit = limit
    }

    /// Messages were lost.
    ///
    /// - Parameter resize: asks the kernel for a size and answers with what it gave.
    /// - Returns: whether the buffer is larger now.
    mutating func grow(_ resize: (Int) -> Int) -> Bool {
        guard byteCount < limit else { return false }
        let result = resize(min(2 * byteCount, limit))
        guard result > byteCount else {
            limit = byteCount  // the kernel's own limit: asking again would not help
            return false
        }
        byteCount = result
        return true
    }
}
