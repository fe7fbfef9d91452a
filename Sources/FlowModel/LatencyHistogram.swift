/// How long events were on their way: counts by fixed bounds, and their sum.
public struct LatencyHistogram: Sendable {
    /// The greatest latency of each bucket, in nanoseconds; one bucket more has what is greater.
    ///
    /// From what a reader that is awake needs to what a stalled one has; NFLOG's gathering is about in the middle.
    public static let bounds: [UInt64] = [
        10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000,
        50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 5_000_000_000, 30_000_000_000,
    ]

    /// How many events each bucket has, those of smaller ones not included.
    public private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
    /// All of them together, in nanoseconds.
    public private(set) var sum: UInt64 = 0

    public init() {}

    /// How many events were counted.
    public var count: UInt64 { counts.reduce(0, &+) }

    /// Counts an event that happened at `stamp` and was there at `time`. One from the future is none: a clock was set.
    ///
    /// - Complexity: O(buckets), a few nanoseconds.
    public mutating func add(from stamp: Timestamp, to time: Timestamp) {
        guard let latency = UInt64(exactly: time.nanoseconds(since: stamp)) else { return }
        let bounds = Self.bounds
        var bucket = 0
        while bucket < bounds.count, latency > bounds[bucket] { bucket += 1 }
        counts[bucket] &+= 1
        sum &+= latency
    }
}
