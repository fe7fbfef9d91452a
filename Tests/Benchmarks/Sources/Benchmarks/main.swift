// Benchmarks [speed | memory | memory KIND]; `Tests/Benchmarks/run` calls it.

let repetitions = 11

switch CommandLine.arguments.dropFirst() {
case ["speed"]:
    for var group in ConntrackDecoding.groups() + PacketDecoding.groups() { group.run(repetitions: repetitions) }
    for count in [1000, 100_000, 1_000_000] {
        var group = TableBenchmarks.group(sessionCount: count)
        group.run(repetitions: repetitions)
    }
    var top = ReportBenchmarks.top(sessionCount: 1_000_000)
    top.run(repetitions: repetitions)
    var stream = ReportBenchmarks.eventStream()
    stream.run(repetitions: repetitions)
case ["memory"]:
    MemoryBenchmark.header()
case let words:
    guard words.count == 2, words.first == "memory", let kind = words.last.flatMap(MemoryBenchmark.Kind.init) else {
        print("usage: Benchmarks speed | memory [plain | translated | logged]")
        break
    }
    MemoryBenchmark.run(kind)
}
