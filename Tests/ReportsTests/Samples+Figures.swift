import FlowModel

extension Samples {
    /// Figures in which everything is known.
    var figures: MonitorFigures {
        var status = MonitorStatus(
            version: "1.2.3", processID: 4711, startedAt: Self.before(now: 86_400_000_000_000), now: Self.now)
        status.sources = [
            SourceStatus(name: "conntrack", state: .up(since: Self.before(now: 86_400_000_000_000))),
            SourceStatus(
                name: "NFLOG group 100",
                state: .down(
                    since: Self.before(now: 1_000_000_000), reason: "already taken by process 812 (ulogd)", retryAt: nil
                )
            ),
            SourceStatus(name: "links", state: .off),
        ]
        status.sources[1].restartCount = 3
        status.summary = Self.gaps
        status.tableLimit = 4_194_304
        status.stream.nextSequence = 123_456_789_012
        status.stream.readerCount = 2
        status.stream.lostByReaders = 17
        status.stream.byteCount = 1_000_000
        status.stream.byteLimit = 64 << 20
        status.totals.interval = 2_000_000_000
        status.totals.dumpDuration = 84_000_000
        status.totals.dumpProcessorTime = 80_000_000
        status.totals.processorTime = 61_000_250_000
        status.totals.lastDumpAt = Self.before(now: 2_134_000_000)
        status.cost.processorTime = 123_456_789_012
        status.cost.residentBytes = 52_428_800
        return MonitorFigures(
            status: status, table: tableFigures, census: census,
            fill: TableFill(count: 20_512, limit: 262_144, limitPlace: .here), names: names)
    }

    private var census: SessionCensus {
        var census = SessionCensus()
        for _ in 0..<3 { census.add(.tracked, .tcp, TCPState(rawValue: 3)) }
        census.add(.tracked, .udp, .none)
        census.add(.tracked, TransportProtocol(rawValue: 253), .none)
        census.add(.logged, .icmpv6, .none)
        census.add(.denied, .tcp, .none)
        census.add(.tracked, .tcp, TCPState(rawValue: 15))
        return census
    }

    private var tableFigures: TableFigures {
        var figures = TableFigures()
        let (lan, wan) = (names.interfaces[2] ?? .none, names.interfaces[3] ?? .none)
        for direction in [FlowDirection.original, .reply] {
            figures.sessionTraffic.append(
                TrafficSeries(
                    key: TrafficKey(ingress: lan, egress: wan, rule: rule, verdict: .accept, direction: direction),
                    counters: Counters(packetCount: 61, byteCount: 18_446_744_073_709_551_615)))
        }
        figures.sessionTraffic.append(
            TrafficSeries(key: .other(.original), counters: Counters(packetCount: 5, byteCount: 300)))
        figures.loggedTraffic = [
            TrafficSeries(
                key: TrafficKey(ingress: wan, rule: deniedRule, verdict: .drop),
                counters: Counters(packetCount: 59_984, byteCount: 3_599_040)),
            TrafficSeries(key: TrafficKey(ingress: lan), counters: Counters(packetCount: 1, byteCount: 60)),
        ]
        figures.unplacedCount = 5
        for _ in 0..<4 { figures.begun.add(.tracked, .tcp) }
        figures.begun.add(.denied, .tcp)
        figures.ended.add(.event, .tcp)
        figures.ended.add(.inferred, .udp)
        for latency in [49_000, 50_000, 51_000, 700_000, 31_000_000_000] as [Int64] {
            figures.conntrackLatency.add(from: Self.before(now: latency), to: Self.now)
        }
        figures.nflogLatency.add(from: Self.before(now: 60_000_000), to: Self.now)
        figures.dumpCounts = [.initial: 1, .periodic: 43_000, .overrun: 2]
        figures.dumpRowCount = 882_016_000
        figures.foundCount = 12
        figures.missedEndCount = 9
        figures.correctedCount = 20_491
        return figures
    }
}
