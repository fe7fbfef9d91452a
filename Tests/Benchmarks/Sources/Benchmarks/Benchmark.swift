/// A thing to be measured.
struct Benchmark {
    let name: String
    /// What the median should not exceed, in nanoseconds per unit; of one with a ``baseline``, what it adds to that.
    let goal: Double?
    /// The name of the benchmark in the group whose cost is subtracted.
    let baseline: String?
    /// Whether the cost of the others in the group is told as a part of this one's.
    let isReference: Bool
    private let body: (inout Stopwatch) -> Int

    private(set) var cost = Figure()
    private(set) var allocations = Figure()

    /// - Parameter body: does the work under the stopwatch, and returns how many units it was.
    init(
        _ name: String, goal: Double? = nil, above baseline: String? = nil, isReference: Bool = false,
        _ body: @escaping (inout Stopwatch) -> Int
    ) {
        self.name = name
        self.goal = goal
        self.baseline = baseline
        self.isReference = isReference
        self.body = body
    }

    /// Does the work once and takes down nanoseconds and allocations per unit.
    mutating func measure() {
        var stopwatch = Stopwatch()
        let count = Double(body(&stopwatch))
        cost.add(stopwatch.nanoseconds / count)
        allocations.add(Double(stopwatch.allocations) / count)
    }

    /// Does the work once and forgets what it cost.
    func warmUp() {
        var stopwatch = Stopwatch()
        _ = body(&stopwatch)
    }
}
