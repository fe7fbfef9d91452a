/// How many of something come in a second: of the last ten.
struct RateGauge {
    private static let interval: UInt64 = 1_000_000_000
    private static let capacity = 11

    /// What was counted when, at most once a second; the oldest first.
    private var samples: [(time: UInt64, count: UInt64)] = []
    private var count: UInt64 = 0

    /// Counts some more.
    ///
    /// - Parameter now: nanoseconds of the monotonic clock.
    mutating func add(_ more: Int, at now: UInt64) {
        count &+= UInt64(more)
        if let last = samples.last, now &- last.time < Self.interval { return }
        samples.append((now, count))
        if samples.count > Self.capacity { samples.removeFirst() }
    }

    /// How many came in each of the last seconds, `nil` before the first of them is over.
    func perSecond(at now: UInt64) -> Double? {
        guard let first = samples.first, now > first.time, now - first.time >= Self.interval else { return nil }
        return Double(count &- first.count) * 1e9 / Double(now - first.time)
    }
}
