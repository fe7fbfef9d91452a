public import FlowModel

/// Writes a monitor's figures as metrics.
public struct MetricsReport: Sendable {
    public let format: MetricsFormat

    public init(format: MetricsFormat) { self.format = format }

    /// The text.
    ///
    /// - Complexity: O(series); their number is bounded, whoever sends packets.
    public func text(_ figures: MonitorFigures) -> [UInt8] {
        var text = MetricsText(format)
        let status = figures.status
        text.begin(.build)
        text.sample(1, Array(status.version.utf8))
        text.begin(.startTime)
        text.sample(seconds: UInt64(clamping: status.startedAt.nanoseconds))
        text.append(sources: status.sources)
        text.append(gapsOf: status.summary)
        text.append(sessionsOf: figures)
        text.append(trafficOf: figures)
        text.append(dumpsOf: figures.table, status.totals)
        text.append(latencyOf: figures.table)
        if let fill = figures.fill {
            text.single(.entries, UInt64(fill.count))
            text.single(.entryLimit, UInt64(fill.limit))
        }
        text.append(status.stream)
        text.begin(.processorTime)
        text.sample(seconds: status.cost.processorTime)
        text.single(.memory, status.cost.residentBytes)
        text.end()
        return text.bytes
    }
}

extension MetricsText {
    /// Appends a family of one sample without labels.
    fileprivate mutating func single(_ family: MetricFamily, _ value: UInt64) {
        begin(family)
        sample(value)
    }

    fileprivate mutating func append(sources: [SourceStatus]) {
        begin(.sourceUp)
        for source in sources {
            switch source.state {
            case .up: sample(1, Array(source.name.utf8))
            case .down: sample(0, Array(source.name.utf8))
            case .off: break
            }
        }
        begin(.sourceRestarts)
        for source in sources where source.state != .off { sample(source.restartCount, Array(source.name.utf8)) }
    }

    /// What is known to be missing.
    fileprivate mutating func append(gapsOf summary: TableSummary) {
        single(.complete, summary.isComplete ? 1 : 0)
        begin(.lost)
        for lane in Lane.netfilter { sample(summary.lostCounts[lane], Array(lane.keyword.utf8)) }
        single(.uncountedLosses, summary.uncountedLosses)
        begin(.malformed)
        for lane in Lane.netfilter { sample(summary.malformedCounts[lane], Array(lane.keyword.utf8)) }
        single(.unwrittenEvents, summary.unwrittenEvents)
    }

    fileprivate mutating func append(sessionsOf figures: MonitorFigures) {
        begin(.sessions)
        figures.census.forEach { kind, transport, state, count in
            let word = state == .none ? "" : state.keyword ?? "\(state.rawValue)"
            sample(count, Array(kind.keyword.utf8), transport.label, Array(word.utf8))
        }
        single(.sessionLimit, UInt64(clamping: figures.status.tableLimit))
        begin(.begun)
        figures.table.begun.forEach { sample($2, Array($0.keyword.utf8), $1.label) }
        begin(.ended)
        figures.table.ended.forEach { sample($2, Array($0.keyword.utf8), $1.label) }
        let summary = figures.status.summary
        single(.evicted, summary.evictedCount)
        single(.refused, summary.refusedCount)
        single(.ambiguous, summary.ambiguousPackets)
        single(.strays, summary.strayErrorCount)
    }

    fileprivate mutating func append(trafficOf figures: MonitorFigures) {
        let sessions = labelled(figures.table.sessionTraffic, .sessionBytes, figures.names)
        begin(.sessionBytes)
        for (labels, counters) in sessions { sample(counters.byteCount, labels: labels) }
        begin(.sessionPackets)
        for (labels, counters) in sessions { sample(counters.packetCount, labels: labels) }
        let logged = labelled(figures.table.loggedTraffic, .loggedBytes, figures.names)
        begin(.loggedBytes)
        for (labels, counters) in logged { sample(counters.byteCount, labels: labels) }
        begin(.loggedPackets)
        for (labels, counters) in logged { sample(counters.packetCount, labels: labels) }
        single(.unplaced, figures.table.unplacedCount)
    }

    /// Series by their labels, in order. Two of the same labels, such as of a rule that is called `(other)` itself, are one: a
    /// text that has a series twice is refused as a whole.
    private func labelled(
        _ series: [TrafficSeries], _ family: MetricFamily, _ names: NameBook
    ) -> [(labels: [UInt8], counters: Counters)] {
        var sums: [[UInt8]: Counters] = [:]
        for one in series {
            let key = one.key
            var values = [names.bytes(of: key.ingress), names.bytes(of: key.egress), names.bytes(of: key.rule)]
            values.append(Array((key.verdict.keyword ?? "").utf8))
            let hasDirection = family.labels.count > values.count
            if hasDirection { values.append(Array(key.direction.keyword.utf8)) }
            let labels = Self.labels(values, family)
            sums[labels] = (sums[labels] ?? Counters()) + one.counters
        }
        return sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }

    fileprivate mutating func append(dumpsOf figures: TableFigures, _ totals: TotalsStatus) {
        begin(.dumps)
        for cause in DumpStart.Cause.allCases { sample(figures.dumpCounts[cause] ?? 0, Array(cause.keyword.utf8)) }
        single(.dumpRows, figures.dumpRowCount)
        begin(.dumpChanges)
        sample(figures.foundCount, Array("found".utf8))
        sample(figures.missedEndCount, Array("ended".utf8))
        sample(figures.correctedCount, Array("corrected".utf8))
        begin(.dumpProcessorTime)
        sample(seconds: totals.processorTime)
        if totals.interval > 0 {
            begin(.dumpInterval)
            sample(seconds: totals.interval)
        }
        guard let lastDumpAt = totals.lastDumpAt else { return }
        begin(.dumpDuration)
        sample(seconds: totals.dumpDuration)
        begin(.lastDump)
        sample(seconds: UInt64(clamping: lastDumpAt.nanoseconds))
    }

    /// Of a lane whose events bear no stamps nothing is known.
    fileprivate mutating func append(latencyOf figures: TableFigures) {
        begin(.latency)
        for lane in Lane.netfilter {
            let histogram = lane == .conntrack ? figures.conntrackLatency : figures.nflogLatency
            if histogram.count > 0 { sample(histogram, Array(lane.keyword.utf8)) }
        }
    }

    fileprivate mutating func append(_ stream: StreamStatus) {
        single(.streamEvents, stream.nextSequence)
        single(.streamReaders, UInt64(clamping: stream.readerCount))
        single(.streamLost, stream.lostByReaders)
        single(.streamBytes, UInt64(clamping: stream.byteCount))
        single(.streamLimit, UInt64(clamping: stream.byteLimit))
    }
}

extension TransportProtocol {
    fileprivate var label: [UInt8] { Array((keyword ?? "\(rawValue)").utf8) }
}

extension FlowDirection {
    fileprivate var keyword: String {
        switch self {
        case .original: "original"
        case .reply: "reply"
        }
    }
}
