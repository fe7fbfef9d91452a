import FlowModel
import Sessions
import Testing

/// What captures saw and conntrack told nothing of is sessions of its own.
struct UntrackedFlowTests {
    @Test
    func whatConntrackDoesNotKnowIsASessionOfItsOwn() throws {
        let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
        monitor.flow(.web, 4, 3, [.isFirst, .opensConnection])
        monitor.flow(.web, 4, 3, by: 4, .egress, [.isFirst, .opensConnection], ago: 0.49)
        let session = try #require(monitor.session)
        #expect(monitor.told == ["start", "update"], "the interface by which it leaves is news")
        #expect(session.counters?.original == Counters(packetCount: 4, byteCount: 400))
        #expect(session.counters?.reply == Counters(packetCount: 3, byteCount: 300))
        #expect(session.start == Timestamp(nanoseconds: monitor.now.nanoseconds - 500_000_000))
        #expect(session.isExact)
        #expect(session.taps.lanes.count == 2)
        #expect(monitor.summary.packetSessionCount == 1)
        monitor.wait(seconds: 3601)
        #expect(monitor.told == ["start", "update", "end by timeout"])
    }

    /// An open connection may be silent for long, and nothing else.
    @Test
    func howLongASessionMayBeSilentDependsOnWhatItIs() {
        let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
        monitor.flow(.web, 2, 1, [.isFirst, .opensConnection])
        monitor.flow(.tcp(.client, 1, .server, 2), 1, 5, [.isFirst, .opensConnection])  // nobody took the answer up
        var query = FlowKey.tcp(.client, 3, .server, 53)
        query.transport = .udp
        monitor.flow(query, 5, 5)
        monitor.wait(seconds: 119)
        #expect(monitor.ends.isEmpty)
        monitor.wait(seconds: 2)
        #expect(monitor.ends.map(\.end.cause) == [.timeout, .timeout])
        #expect(monitor.session?.record.original == .web)
        monitor.wait(seconds: 3400)
        monitor.flow(.web, 1, 1, [])
        monitor.wait(seconds: 3500)
        #expect(monitor.sessions.count == 1)
        monitor.wait(seconds: 101)
        #expect(monitor.ends.map(\.end.cause) == [.timeout, .timeout, .timeout])
    }

    /// A recording's pauses are told by its packets' times, whenever somebody comes to look.
    @Test
    func packetsAfterALongSilenceAreAnotherSession() {
        let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
        let query = FlowKey(
            source: .client, destination: .server, sourcePort: 1, destinationPort: 53, transport: .udp, family: .ipv4)
        monitor.flow(query, 2, 0, ago: 1)
        let first = monitor.now
        monitor.wait(seconds: 119)
        monitor.flow(query, 3, 0, [], ago: -1.5)  // 120.5 seconds later by its own clock
        #expect(monitor.told == ["start", "end by timeout", "start"])
        #expect(monitor.ends.first?.end.time == first)
        #expect(monitor.sessions.map { $0.taps.first?.seen.total.packetCount } == [3])
    }

    @Test
    func eachInterfaceThatASessionIsFirstSeenAtIsNews() {
        let monitor = Monitor { $0.hasTaps = true }
        monitor.conntrack(.new, .entry(1))
        monitor.wait(seconds: 1)
        monitor.flow(.web, 1, by: 3, .ingress)
        monitor.wait(seconds: 1)
        monitor.flow(.web, 1, by: 3, .ingress, [])
        monitor.flow(.web, 1, by: 4, .egress)
        monitor.flow(.web, 1, by: 4, .egress, [])
        #expect(monitor.told == ["start", "update", "update"])
    }

    @Test
    func aConnectionOfWhichNoBeginningWasSeenIsALowerBound() throws {
        let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
        monitor.flow(.web, 4, 3)
        let session = try #require(monitor.session)
        #expect(session.start == nil)
        #expect(session.taps.first?.isLowerBound == true)
        #expect(!session.isExact)
    }

    @Test
    func aClosedConnectionEndsAndTheNextOneOfItsPortsIsAnother() throws {
        let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
        monitor.flow(.web, 4, 3, [.isFirst, .opensConnection, .closed])
        monitor.flow(.web, 4, 3, by: 4, .egress, [.isFirst, .opensConnection, .closed])
        monitor.wait(seconds: 0.5)
        monitor.flow(.web, 1, 0, [.opensConnection, .closed], ago: 0)  // the last acknowledgement
        #expect(monitor.told == ["start", "update"])
        monitor.wait(seconds: 1)
        #expect(monitor.told == ["start", "update", "end by closed"])
        #expect(monitor.ends.first?.session.taps.first?.seen.original.packetCount == 5)
        monitor.wait(seconds: 1)
        monitor.flow(.web, 2, 0, [.isFirst, .opensConnection])
        monitor.flow(.web, 2, 0, [.isFirst, .opensConnection], ago: -0.1)
        #expect(monitor.told == ["start", "update", "end by closed", "start", "end by closed", "start"])
        #expect(Set(monitor.starts.map(\.record.id)).count == 3)
    }

    /// Two interfaces tell in turns: what one tells of the former connection is not the next one's.
    @Test
    func whatPassedBeforeAConnectionBeganIsNotItsOwn() {
        let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
        monitor.flow(.web, 4, 3, [.isFirst, .opensConnection, .closed])
        let closed = monitor.now
        monitor.wait(seconds: 0.5)
        monitor.flow(.web, 2, 0, [.isFirst, .opensConnection], ago: 0.1)
        monitor.take(.flow(.flow(.web, 4, 3, by: 4, .egress, [.isFirst, .closed], at: closed)))
        #expect(monitor.sessions.map { $0.taps.lanes.count } == [1])
        #expect(monitor.summary.ambiguousPackets == 7)
    }

    /// A clock that was set back, or a savefile that was put together of several, does not take its packets from a session.
    @Test(arguments: [2, 100, 1e8])
    func aSessionGoesOnWhereTheClockIsSetBack(_ seconds: Double) throws {
        let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
        monitor.flow(.web, 4, 3, [.isFirst, .opensConnection])
        let before = Timestamp(nanoseconds: monitor.now.nanoseconds - Int64(seconds * 1e9))
        monitor.wait(seconds: 1)
        monitor.take(.flow(.flow(.web, 5, 5, by: 3, .ingress, [], at: before)))
        let session = try #require(monitor.session)
        #expect(session.taps.first?.seen.total.packetCount == 17)
        #expect(monitor.summary.isComplete)
        #expect(session.record.lastSeen >= session.record.start)
        // Elsewhere it may be the former connection's, of which that tap tells late.
        monitor.take(.flow(.flow(.web, 5, 5, by: 4, .egress, [], at: before)))
        let isLate = seconds < 5
        #expect(monitor.summary.ambiguousPackets == (isLate ? 10 : 0))
        #expect(monitor.session?.taps.lanes.count == (isLate ? 1 : 2))
        // The next connection of its ports begins at a time that was before.
        monitor.take(.flow(.flow(.web, 1, 0, by: 3, .ingress, [.isFirst, .opensConnection], at: before)))
        #expect(monitor.told == ["start"] + (isLate ? [] : ["update"]) + ["end by closed", "start"])
        #expect(monitor.summary.ambiguousPackets == (isLate ? 10 : 0))
    }

    /// What is sent again when all is over is not the beginning of the next connection.
    @Test
    func whatComesAfterTheEndIsALowerBound() throws {
        let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
        monitor.flow(.web, 4, 3, [.isFirst, .opensConnection, .closed])
        monitor.wait(seconds: 3)
        monitor.flow(.web, 1, 1, [.opensConnection, .closed], ago: 0)
        let session = try #require(monitor.session)
        #expect(session.start == nil)
        #expect(!session.isExact)
    }

    @Test
    func theOneUnusedForLongestMakesRoom() {
        let monitor = Monitor {
            ($0.hasTaps, $0.hasConntrack) = (true, false)
            ($0.maximumPacketSessions, $0.maximumFrameSessions) = (3, 3)
        }
        for port in 1...5 as ClosedRange<UInt16> { monitor.flow(.tcp(.client, port, .server, 443), 1) }
        #expect(monitor.sessions.count == 3)
        #expect(monitor.summary.evictedCount == 2)
    }

    @Test
    func errorsAboutWhatNobodyKnowsInventNoSession() throws {
        let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
        var flow = FlowObservation.flow(.web, 0, at: monitor.now)
        flow.forward.errorCount = 3
        monitor.take(.flow(flow))
        #expect(monitor.sessions.isEmpty)
        #expect(monitor.summary.strayErrorCount == 3)
        monitor.flow(.web, 1)
        monitor.take(.flow(flow))
        #expect(monitor.session?.taps.first?.original.errorCount == 3)
    }
}
