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
}
