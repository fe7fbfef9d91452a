import FlowModel
import Testing

@testable import Sessions

/// What a table counts for those who make rates of it.
struct FigureTests {
    private static let lan = NameID(rawValue: 10)
    private static let wan = NameID(rawValue: 11)
    private static let rule = NameID(rawValue: 12)

    /// A table that has seen its first dump, which was empty, and knows two interfaces.
    private func monitor(_ change: (inout SessionTable.Configuration) -> Void = { _ in }) -> Monitor {
        let monitor = Monitor { configuration in
            configuration.hasNFLog = true
            change(&configuration)
        }
        for (index, name) in [(2, Self.lan), (3, Self.wan)] as [(InterfaceIndex, NameID)] {
            monitor.take(.interface(InterfaceObservation(index: index, name: name, isGone: false)))
        }
        monitor.dump([], cause: .initial)
        return monitor
    }

    private func accepted(_ monitor: Monitor, _ key: FlowKey = .web) {
        monitor.packet(key) {
            $0.path.inInterface = 2
            $0.path.outInterface = 3
            $0.rule = Self.rule
            $0.verdict = .accept
        }
    }

    private static let accepted = TrafficKey(ingress: lan, egress: wan, rule: rule, verdict: .accept)

    private func counters(_ packets: UInt64, _ bytes: UInt64) -> Counters {
        Counters(packetCount: packets, byteCount: bytes)
    }

    private func traffic(_ monitor: Monitor) -> [TrafficKey: Counters] {
        Dictionary(uniqueKeysWithValues: monitor.table.figures.sessionTraffic.map { ($0.key, $0.counters) })
    }

    // MARK: Traffic of sessions

    @Test func whatPassedIsAddedUpBetweenReadings() {
        let monitor = monitor()
        monitor.conntrack(.new, .entry(1))
        accepted(monitor)
        monitor.dump([.entry(1).counting(counters(10, 1000), counters(5, 9000))])
        monitor.dump([.entry(1).counting(counters(14, 1400), counters(5, 9000))])
        monitor.wait(seconds: 1)
        monitor.conntrack(.destroy, .entry(1).counting(counters(15, 1500), counters(6, 9500)))
        var reply = Self.accepted
        reply.direction = .reply
        #expect(traffic(monitor) == [Self.accepted: counters(15, 1500), reply: counters(6, 9500)])
    }

    @Test func sessionsFromBeforeCountFromTheFirstReadingOn() {
        let monitor = Monitor()
        monitor.dump([.entry(1).counting(counters(1000, 1_000_000))], cause: .initial)
        #expect(traffic(monitor).isEmpty)
        monitor.dump([.entry(1).counting(counters(1002, 1_000_300))])
        #expect(traffic(monitor) == [TrafficKey(): counters(2, 300)])
    }

    @Test func zeroedCountersCountAnew() {
        let monitor = monitor()
        monitor.conntrack(.new, .entry(1))
        for bytes in [1000, 200, 500] as [UInt64] { monitor.dump([.entry(1).counting(counters(1, bytes))]) }
        #expect(traffic(monitor)[TrafficKey()] == counters(2, 1500))
    }

    /// NFLOG gathers packets, so that conntrack's last word comes before them.
    @Test func trafficOfAShortSessionWaitsForItsRule() {
        let monitor = monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.wait(seconds: 0.01)
        monitor.conntrack(.destroy, .entry(1).counting(counters(2, 120)))
        #expect(traffic(monitor).isEmpty)
        accepted(monitor)
        monitor.wait(seconds: 1)
        #expect(traffic(monitor) == [Self.accepted: counters(2, 120)])
    }

    @Test func trafficOfASessionWhoseBeginningWasLostIsCounted() {
        let monitor = monitor()
        monitor.conntrack(.destroy, .entry(1).counting(counters(2, 120)))
        #expect(traffic(monitor) == [TrafficKey(): counters(2, 120)])
        monitor.conntrack(.destroy, .entry(1).counting(counters(2, 120)))
        #expect(traffic(monitor) == [TrafficKey(): counters(2, 120)], "once, however often the end is told")
    }

    @Test func anInterfaceThatComesBackGoesOnWithItsSums() {
        let monitor = monitor()
        accepted(monitor, .tcp(.client, 1, .server, 2))
        monitor.take(.interface(InterfaceObservation(index: 3, name: Self.wan, isGone: true)))
        monitor.take(.interface(InterfaceObservation(index: 7, name: Self.wan, isGone: false)))
        monitor.packet(.web) {
            $0.path.inInterface = 2
            $0.path.outInterface = 7
            $0.rule = Self.rule
            $0.verdict = .accept
        }
        #expect(monitor.table.figures.loggedTraffic.map(\.counters) == [counters(2, 200)])
    }

    // MARK: Logged packets

    @Test func everyPacketThatARuleDeniedIsCountedByTheRule() {
        let monitor = monitor()
        for port in 1...5 as ClosedRange<UInt16> {
            monitor.packet(.tcp(.server, port, .firewall, 22)) {
                $0.path.inInterface = 3
                $0.rule = Self.rule
                $0.verdict = .drop
            }
        }
        let key = TrafficKey(ingress: Self.wan, rule: Self.rule, verdict: .drop)
        let figures = monitor.table.figures
        #expect(figures.loggedTraffic.map(\.key) == [key])
        #expect(figures.loggedTraffic.first?.counters == counters(5, 500))
        #expect(figures.sessionTraffic.isEmpty)
        #expect(list(figures.begun) == ["denied tcp 1"], "attempts of one kind are one session")
    }

    @Test func furtherSeriesAreAddedUpAsOne() {
        var ledger = TrafficLedger()
        for number in 0..<1100 as Range<UInt16> {
            for _ in 0..<2 { ledger.add(counters(1, 100), to: TrafficKey(rule: NameID(rawValue: 2 + number))) }
        }
        #expect(ledger.used.count == 1025)
        #expect(ledger.unplacedCount == 152)
        #expect(ledger.used.first?.key == .other(.original))
        #expect(ledger.used.first?.counters == counters(152, 15_200))
        #expect(ledger.used.last?.counters == counters(2, 200))
        ledger.add(counters(1, 1), to: TrafficKey(rule: NameID(rawValue: 60_000), direction: .reply))
        #expect(ledger.used[1].key == .other(.reply))
    }

    @Test func sumsOfInterfacesThatAreGoneMakeRoom() {
        var ledger = TrafficLedger()
        var living = NameSet()
        living.insert(Self.lan)
        ledger.add(counters(1, 100), to: TrafficKey(ingress: Self.lan, rule: Self.rule))
        for number in 100..<700 as Range<UInt16> {
            ledger.add(counters(1, 100), to: TrafficKey(ingress: Self.lan, egress: NameID(rawValue: number)))
        }
        for _ in 0..<9 { ledger.fold(living: living) }
        #expect(ledger.used.count == 601, "who reads them now and then reads their last")
        ledger.add(counters(1, 100), to: TrafficKey(ingress: Self.lan, egress: NameID(rawValue: 100)))
        ledger.fold(living: living)
        #expect(ledger.used.map(\.key.egress) == [.overflow, .none, NameID(rawValue: 100)])
        #expect(ledger.used.map(\.counters) == [counters(599, 59_900), counters(1, 100), counters(2, 200)])
        ledger.add(counters(1, 100), to: TrafficKey(ingress: Self.lan, rule: Self.rule))
        #expect(ledger.used.count == 3)
        #expect(ledger.used[1].counters == counters(2, 200), "it is found where it is now")
        #expect(ledger.unplacedCount == 0)
        for _ in 0..<20 { ledger.fold(living: living) }
        #expect(ledger.used.count == 3, "with room enough, all stay")
    }

    // MARK: Sessions

    private func list<Case>(_ counts: ProtocolCounts<Case>) -> [String] {
        var list: [String] = []
        counts.forEach { list.append("\($0) \($1.keyword ?? "?") \($2)") }
        return list
    }

    @Test func beginningsAndEndsAreCountedByProtocol() {
        let monitor = Monitor()
        let udp = FlowKey(
            source: .client, destination: .server, sourcePort: 5, destinationPort: 53, transport: .udp, family: .ipv4)
        monitor.dump([.entry(1, udp)], cause: .initial)
        monitor.conntrack(.new, .entry(2))
        monitor.conntrack(.destroy, .entry(2))
        monitor.dump([])
        monitor.dump([])
        #expect(list(monitor.table.figures.begun) == ["tracked tcp 1"], "the other one was there before")
        #expect(list(monitor.table.figures.ended) == ["event tcp 1", "inferred udp 1"])
        #expect(monitor.table.figures.dumpCounts == [.initial: 1, .periodic: 2])
        #expect(monitor.table.figures.missedEndCount == 1)
    }

    @Test func aSessionThatPacketsToldOfBeforeConntrackBeginsOnce() {
        let monitor = monitor()
        let start = monitor.now
        monitor.packet(.web) { $0.opensConnection = true }
        monitor.wait(seconds: 1)
        monitor.conntrack(.new, .entry(1) { $0.eventTime = monitor.now })
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.told.suffix(3) == ["start", "update", "end by event"])
        #expect(monitor.events.suffix(3).allSatisfy { $0.session.start == start }, "as it was told")
        #expect(list(monitor.table.figures.begun) == ["logged tcp 1"])
        #expect(list(monitor.table.figures.ended) == ["event tcp 1"])
    }

    @Test func aSessionThatPacketsToldOfBeforeTheFirstDumpBeginsOnce() {
        let monitor = Monitor { ($0.hasNFLog, $0.tellsInitial) = (true, false) }
        monitor.packet(.web)
        monitor.wait(seconds: 1)
        monitor.take(.dumpBegan(DumpStart(cause: .initial)))
        monitor.conntrack(.dumpRow, .entry(1))
        monitor.conntrack(.new, .entry(1))
        #expect(monitor.told == ["start", "update", "update"])
        #expect(list(monitor.table.figures.begun) == ["logged tcp 1"])
    }

    @Test func censusCountsSessionsByKindProtocolAndState() {
        let monitor = monitor { $0.packetHold = 1000 }
        for id in 1...3 as ClosedRange<UInt32> {
            monitor.conntrack(
                .new, .entry(id, .tcp(.client, UInt16(id), .server, 443)) { $0.tcpState = TCPState(rawValue: 3) })
        }
        monitor.conntrack(.new, .entry(4, .tcp(.client, 4, .server, 443)))
        monitor.conntrack(.destroy, .entry(1, .tcp(.client, 1, .server, 443)))
        accepted(monitor, .tcp(.client, 9, .inner, 9))
        monitor.packet(.tcp(.server, 9, .inner, 9)) { $0.verdict = .drop }
        monitor.wait(seconds: 1)
        var census = SessionCensus()
        #expect(monitor.table.count(from: 0, into: &census) == nil)
        var list: [String] = []
        census.forEach { list.append("\($0) \($1.keyword ?? "?") \($2.keyword ?? "?") \($3)") }
        #expect(
            list == ["tracked tcp NONE 1", "tracked tcp ESTABLISHED 2", "logged tcp NONE 1", "denied tcp NONE 1"])
    }

    @Test func censusOfManySessionsIsTakenInParts() {
        let monitor = Monitor()
        for id in 0..<20_000 as Range<UInt32> {
            monitor.conntrack(.new, .entry(id + 1, .tcp(IPAddress(ipv4: id), 1, .server, 443)))
        }
        var census = SessionCensus()
        var parts: [UInt32] = []
        while let next = monitor.table.count(from: parts.last ?? 0, into: &census) { parts.append(next) }
        var count: UInt64 = 0
        census.forEach { count += $3 }
        #expect(parts == [16_384] && count == 20_000)
    }

    // MARK: Latency

    @Test func latencyIsFromTheKernelsStampToTheTable() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1) { $0.eventTime = Timestamp(nanoseconds: monitor.now.nanoseconds - 700_000) })
        monitor.conntrack(.new, .entry(2, .tcp(.client, 2, .server, 2)))
        monitor.conntrack(
            .new,
            .entry(3, .tcp(.client, 3, .server, 3)) {
                $0.eventTime = Timestamp(nanoseconds: monitor.now.nanoseconds + 1)
            })
        let latency = monitor.table.figures.conntrackLatency
        #expect(latency.count == 1, "no stamp and one from the future say nothing")
        #expect(latency.sum == 700_000)
        #expect(latency.counts[LatencyHistogram.bounds.firstIndex(of: 1_000_000) ?? 0] == 1)
        #expect(monitor.table.figures.nflogLatency.count == 0)
    }

    @Test func timeInWhichEventsWaitedForTheTableIsLatency() {
        let store = SessionStore(seed: (1, 2), clock: { 5_000_000 })
        let stamp = Monitor.epoch
        let entry = ConntrackEntry.entry(1) { $0.eventTime = stamp }
        let observation = ConntrackObservation(kind: .new, entry: entry, helper: .none)
        _ = store.take([.conntrack(observation)], at: ReceiveTime(wall: stamp, monotonic: 2_000_000))
        #expect(store.figures.conntrackLatency.sum == 3_000_000)
    }
}
