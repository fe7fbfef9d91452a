import CAllocations

/// Adds up what pieces of work cost; preparations in between are not measured.
struct Stopwatch {
    private(set) var nanoseconds = 0.0
    private(set) var allocations: UInt64 = 0

    mutating func measure<Result>(_ work: () -> Result) -> Result {
        let clock = ContinuousClock()
        let allocated = allocation_count()
        let began = clock.now
        let result = work()
        let elapsed = (clock.now - began).components
        allocations += allocation_count() - allocated
        nanoseconds += Double(elapsed.seconds) * 1e9 + Double(elapsed.attoseconds) / 1e9
        return result
    }

    /// Takes what another piece of work costs off: what is around the one that is meant.
    mutating func deduct(_ work: () -> Void) {
        var other = Stopwatch()
        other.measure(work)
        nanoseconds -= other.nanoseconds
        allocations -= min(other.allocations, allocations)
    }
}
