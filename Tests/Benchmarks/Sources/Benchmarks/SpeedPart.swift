/// What is measured in nanoseconds, in the order in which it is printed.
enum SpeedPart: String, CaseIterable {
    case decoding
    case table
    case join
    case top
    case screen
    case stream
    case filter
    case figures
    case monitor
    case ring

    func run(repetitions: Int) {
        switch self {
        case .decoding: run(ConntrackDecoding.groups() + PacketDecoding.groups(), repetitions)
        case .table:
            // One at a time: each has its own million sessions in memory.
            for count in [1000, 100_000, 1_000_000] { run([TableBenchmarks.group(sessionCount: count)], repetitions) }
        case .join: for count in [1000, 100_000] { run([JoinBenchmarks.group(sessionCount: count)], repetitions) }
        case .top: run([ReportBenchmarks.top(sessionCount: 1_000_000)], repetitions)
        case .screen: run([ScreenBenchmark.group(sessionCount: 100_000)], repetitions)
        case .stream: run([ReportBenchmarks.eventStream(), ReportBenchmarks.communityID()], repetitions)
        case .filter: run([FilterBenchmarks.group()], repetitions)
        case .ring: for count in [1000, 100_000] { run([RingBenchmarks.group(sessionCount: count)], repetitions) }
        case .monitor: run([StreamBenchmarks.group()], repetitions)
        case .figures: run([FigureBenchmarks.census(sessionCount: 1_000_000), FigureBenchmarks.text()], repetitions)
        }
    }

    private func run(_ groups: [Group], _ repetitions: Int) {
        for var group in groups { group.run(repetitions: repetitions) }
    }
}
