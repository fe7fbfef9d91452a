/// What a benchmark measured over its repetitions.
struct Figure {
    private var samples: [Double] = []

    mutating func add(_ sample: Double) { samples.append(sample) }

    var median: Double {
        let sorted = samples.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    /// How much more each repetition measured than the same repetition of another.
    func difference(from other: Figure) -> Figure {
        var difference = Figure()
        for (sample, base) in zip(samples, other.samples) { difference.add(sample - base) }
        return difference
    }

    /// `median (min–max)`, with as many digits as mean something.
    var text: String {
        guard let low = samples.min(), let high = samples.max() else { return "—" }
        return "\(Self.round(median)) (\(Self.round(low))–\(Self.round(high)))"
    }

    static func round(_ number: Double) -> String {
        if number.magnitude >= 100 || number == number.rounded() { return String(Int(number.rounded())) }
        let scaled = Int((number.magnitude * 10).rounded())
        return "\(number < 0 ? "-" : "")\(scaled / 10).\(scaled % 10)"
    }
}
