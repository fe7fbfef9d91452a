/// Adds up one burst: what was lost from when the buffer was last empty until it is again.
struct BurstGauge {
    /// What an event takes up by the kernel's accounting: a NEW of an IPv4 UDP session, measured on Linux 6.18.
    static let eventByteCount = 1280

    private var lostCount = 0
    private var bufferByteCount = 0

    /// Events were lost.
    ///
    /// - Parameter bufferByteCount: the buffer that did not hold them, as it was asked for; the kernel's accounting has twice as
    ///   much.
    mutating func add(_ count: Int, bufferByteCount: Int) {
        lostCount += count
        self.bufferByteCount = max(self.bufferByteCount, bufferByteCount)
    }

    /// The buffer is empty again.
    ///
    /// - Returns: the buffer that would have held the burst, `nil` where nothing was lost.
    mutating func end() -> Int? {
        guard lostCount > 0 else { return nil }
        defer { self = BurstGauge() }
        return bufferByteCount + lostCount * Self.eventByteCount / 2
    }
}
