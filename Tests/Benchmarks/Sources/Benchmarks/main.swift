// Benchmarks speed [PART] | memory [KIND] | churn | scan; `Tests/Benchmarks/run` calls it.

import Glibc

let repetitions = 11
let words = Array(CommandLine.arguments.dropFirst())

switch (words.first, words.count) {
case ("speed", 1): for part in SpeedPart.allCases { part.run(repetitions: repetitions) }
case ("speed", 2):
    guard let part = SpeedPart(rawValue: words[1]) else { usage() }
    part.run(repetitions: repetitions)
case ("memory", 1): MemoryBenchmark.header()
case ("churn", 1): ChurnBenchmark.run()
case ("scan", 1): ScanBenchmark.run()
case ("memory", 2):
    guard let kind = MemoryBenchmark.Kind(rawValue: words[1]) else { usage() }
    MemoryBenchmark.run(kind)
default: usage()
}

/// Says what there is.
func usage() -> Never {
    let parts = SpeedPart.allCases.map(\.rawValue).joined(separator: " | ")
    let kinds = MemoryBenchmark.Kind.allCases.map(\.rawValue).joined(separator: " | ")
    print("usage: Benchmarks speed [\(parts)] | memory [\(kinds)] | churn | scan")
    exit(64)
}
