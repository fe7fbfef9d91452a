/// What a benchmark measured over its repetitions.
struct Figure {
    private var samples: [Double] = []

    mutating func add(_ sample: Double) { samples.append(sample) }

    var median: Double {
        let sorted = samples.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    /// `median (min–max)`, with as many digits as mean something.
    var text: String {
        guard let low = samples.min(), let high = samples.max() else { return "—" }
        return "\(Self.round(median)) (\(Self.round(low))–\(Self.round(high)))"
    }

    static func round(_ number: Double) -> String {
        if number >= 100 || number == number.rounded() { return String(Int(number.rounded())) }
        let scaled = Int((number * 10).rounded())
        return "\(scaled / 10).\(scaled % 10)"
    }
}
