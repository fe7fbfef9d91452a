/// Adds up one burst: what was lost from when the buffer was last empty until it is again.
struct BurstGauge {
    /// What an event takes up by the kernel's accounting: a NEW of an IPv4 UDP session, measured on Linux 6.18.
    static let eventByteCount = 1280

    /// Bytes of receive buffer when the burst began, as it was asked for; the kernel's accounting has twice as much.
    private var bufferByteCount: Int
    private var lostCount = 0

    init(bufferByteCount: Int) { self.bufferByteCount = bufferByteCount }

    mutating func add(_ count: Int) { lostCount += count }

    /// The buffer is empty again.
    ///
    /// - Parameter nextByteCount: its size from now on.
    /// - Returns: the buffer that would have held the burst, `nil` where nothing was lost.
    mutating func end(nextByteCount: Int) -> Int? {
        guard lostCount > 0 else { return nil }
        defer { (lostCount, bufferByteCount) = (0, nextByteCount) }
        return bufferByteCount + lostCount * Self.eventByteCount / 2
    }
}
