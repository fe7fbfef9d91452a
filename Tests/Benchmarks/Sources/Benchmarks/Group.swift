/// Benchmarks that are measured side by side: each repetition runs all of them in turn, so that whatever disturbs the machine
/// disturbs them alike.
struct Group {
    var name: String
    /// What one unit is.
    var unit: String
    var benchmarks: [Benchmark]

    mutating func run(repetitions: Int) {
        for benchmark in benchmarks { benchmark.warmUp() }
        for _ in 0..<repetitions {
            for index in benchmarks.indices { benchmarks[index].measure() }
        }
        print()
    }

    private func print() {
        Table.title(name)
        Table.row("", "ns per \(unit)", "allocations", "of reference", "goal")
        let reference = benchmarks.first { $0.isReference }?.cost.median
        for benchmark in benchmarks {
            let ratio = reference.flatMap {
                benchmark.isReference ? nil : "1/" + Figure.round($0 / benchmark.cost.median)
            }
            let base = benchmarks.first { $0.name == benchmark.baseline }
            let added = base.map { benchmark.cost.difference(from: $0.cost).median }
            let goal = benchmark.goal.map { Table.verdict(added ?? benchmark.cost.median, atMost: $0) }
            let compared = added.map { ($0 < 0 ? "" : "+") + Figure.round($0) } ?? ratio ?? ""
            Table.row(
                benchmark.name, benchmark.cost.text, Figure.round(benchmark.allocations.median), compared, goal ?? "")
        }
    }
}
