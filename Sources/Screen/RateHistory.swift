/// The rates of the last minute.
public struct RateHistory: Sendable {
    /// Nanoseconds that are kept.
    static let length: UInt64 = 60_000_000_000
    /// The most rates that are kept, however often somebody asks.
    static let limit = 600

    private var samples: [(time: UInt64, rate: UInt64?)] = []

    public init() {}

    /// Adds a rate; `nil` where it is not known.
    ///
    /// - Parameter time: nanoseconds of a clock that only goes forwards.
    public mutating func add(_ rate: UInt64?, at time: UInt64) {
        samples.append((time, rate))
        samples.removeAll { time &- $0.time > Self.length }
        if samples.count > Self.limit { samples.removeFirst(samples.count - Self.limit) }
    }

    /// The greatest of them; `nil` where none is known.
    var greatest: UInt64? { samples.compactMap(\.rate).max() }

    /// The minute in so many steps, the last one now: the greatest rate of each, `nil` where none is known.
    ///
    /// - Parameter interval: nanoseconds between two samples: no step is shorter.
    func steps(_ count: Int, interval: UInt64) -> [UInt64?] {
        guard count > 0, let now = samples.last?.time else { return [] }
        let step = max(Self.length / UInt64(count), interval, 1)
        let used = Int(clamping: (Self.length + step - 1) / step)
        var steps = [UInt64?](repeating: nil, count: min(count, used))
        for sample in samples {
            let place = steps.count - 1 - Int(clamping: (now &- sample.time) / step)
            guard place >= 0, let rate = sample.rate else { continue }
            steps[place] = max(rate, steps[place] ?? 0)
        }
        return steps
    }
}
