import FlowModel
import Sessions
import Testing

struct DumpTests {
    private static let other = ConntrackEntry.entry(2, .tcp(.client, 1, .server, 2))

    @Test
    func connectionsFromBeforeTheListenerAreFound() {
        let monitor = Monitor()
        monitor.dump([.entry(1), Self.other], cause: .initial)
        #expect(monitor.told == ["resync begins", "start", "start", "resync"])
        #expect(monitor.sessions.allSatisfy { $0.record.facts.contains(.predatesListener) })
        #expect(monitor.resyncs.first?.rowCount == 2)
        #expect(monitor.resyncs.first?.foundCount == 2)
        #expect(monitor.resyncs.first?.isComplete == true)
    }

    @Test
    func whoeverDoesNotWantThemIsNotToldOfThem() {
        let monitor = Monitor { $0.tellsInitial = false }
        monitor.dump([.entry(1)], cause: .initial)
        #expect(monitor.told.isEmpty)
        #expect(monitor.summary.sessionCount == 1)
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.told == ["end by event"])
    }

    @Test
    func aConnectionThatIsBothInTheDumpAndInAQueuedNewIsOne() {
        let monitor = Monitor()
        monitor.take(.dumpBegan(DumpStart(cause: .initial)))
        monitor.conntrack(.dumpRow, .entry(1))
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.dumpRow, .entry(1))  // dumps repeat themselves, too
        monitor.take(.dumpEnded(DumpEnd(isComplete: true)))
        #expect(
            monitor.told == ["resync begins", "start", "update", "resync"],
            "the update: it is not older than the listener")
        #expect(monitor.session?.record.facts.contains(.predatesListener) == false)
        #expect(monitor.session?.start != nil)
        #expect(monitor.summary.sessionCount == 1)
    }

    @Test
    func aSecondDumpKeepsIdentities() {
        let monitor = Monitor()
        monitor.dump([.entry(1), Self.other], cause: .initial)
        let identities = Set(monitor.sessions.map(\.record.id))
        monitor.wait(seconds: 60)
        monitor.dump([.entry(1), Self.other])
        #expect(Set(monitor.sessions.map(\.record.id)) == identities)
        #expect(
            monitor.told == ["resync begins", "start", "start", "resync"],
            "a periodic dump that changed nothing is no news")
    }

    // MARK: The dead

    @Test
    func rowsOfTheDeadAreDropped() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.take(.dumpBegan(DumpStart(cause: .periodic)))
        monitor.conntrack(.destroy, .entry(1))
        monitor.wait(seconds: 10)
        monitor.conntrack(.dumpRow, .entry(1))
        monitor.take(.dumpEnded(DumpEnd(isComplete: true)))
        #expect(monitor.told == ["start", "end by event"])
        #expect(monitor.sessions.isEmpty)
        #expect(monitor.summary.staleMessages == 1)
    }

    @Test
    func theDeadAreRememberedForAWhileAfterTheDumpThatRanMeanwhile() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.take(.dumpBegan(DumpStart(cause: .periodic)))
        monitor.conntrack(.destroy, .entry(1))
        monitor.wait(seconds: 10)
        monitor.take(.dumpEnded(DumpEnd(isComplete: true)))
        monitor.wait(seconds: 1)
        monitor.conntrack(.update, .entry(1))
        #expect(monitor.told == ["start", "end by event"])
    }

    @Test
    func aRowMarkedDyingBringsNobodyToLife() {
        let monitor = Monitor()
        monitor.dump([.entry(1) { $0.status = [.confirmed, .dying] }])
        #expect(monitor.sessions.isEmpty)
        #expect(monitor.told.isEmpty)
    }

    /// A dump's rows are read before the events that wait.
    @Test(arguments: [FlowKey.web, FlowKey.web.inverse])
    func whatARowShowsIsNotEndedByEventsOfThoseWhoHadItsTupleBefore(_ former: FlowKey) {
        let monitor = Monitor()
        monitor.take(.dumpBegan(DumpStart(cause: .initial)))
        monitor.conntrack(.dumpRow, .entry(2).counting(Counters(packetCount: 1, byteCount: 60)))
        monitor.conntrack(.new, .entry(1, former))
        monitor.conntrack(.update, .entry(1, former))
        monitor.conntrack(.destroy, .entry(1, former).counting(Counters(packetCount: 2, byteCount: 120)))
        monitor.conntrack(.new, .entry(2))
        monitor.take(.dumpEnded(DumpEnd(isComplete: true)))
        #expect(monitor.told == ["resync begins", "start", "end by event", "update", "resync"])
        #expect(monitor.ends.first?.session.record.conntrackID == 1)
        #expect(monitor.ends.first?.session.counters?.original.byteCount == 120)
        #expect(monitor.session?.record.conntrackID == 2)
        #expect(monitor.session?.record.facts.contains(.lowerBound) == false)
    }

    @Test
    func aNewOwnerOfTheTupleEndsWhatAnEarlierDumpFound() {
        let monitor = Monitor()
        monitor.dump([.entry(1)], cause: .initial)
        monitor.take(.dumpBegan(DumpStart(cause: .periodic)))
        monitor.conntrack(.dumpRow, .entry(1))
        monitor.conntrack(.new, .entry(2))
        #expect(monitor.ends.map(\.session.record.conntrackID) == [1])
        #expect(monitor.session?.record.conntrackID == 2)
    }

    // MARK: Inferred ends

    @Test
    func twoCompleteDumpsThatDoNotShowASessionEndIt() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        let lastSeen = monitor.now
        monitor.wait(seconds: 30)
        monitor.dump([])
        #expect(monitor.sessions.count == 1, "a dump is no snapshot and may skip an entry")
        #expect(monitor.wantedDump == .periodic, "a further dump settles it")
        monitor.wait(seconds: 1)
        monitor.dump([])
        #expect(monitor.told == ["start", "end by inferred"])
        #expect(monitor.ends.first?.end.earliest == lastSeen)
        #expect(monitor.ends.first?.end.time == monitor.now)
        #expect(monitor.wantedDump == nil)
    }

    @Test
    func aDumpThatShowsItInBetweenBeginsTheCountAnew() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        for _ in 0..<5 {
            monitor.dump([])
            monitor.dump([.entry(1)])
        }
        #expect(monitor.told == ["start"])
    }

    @Test
    func anIncompleteDumpEndsNothing() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        for _ in 0..<5 { monitor.dump([], isComplete: false) }
        #expect(monitor.told == ["start"])
        #expect(monitor.summary.lastDumpWasComplete == false)
    }

    @Test
    func aDumpDuringWhichEventsWereLostEndsNothingAndIsWantedAgain() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        for _ in 0..<5 {
            monitor.take(.dumpBegan(DumpStart(cause: .periodic)))
            monitor.lose(1)
            monitor.take(.dumpEnded(DumpEnd(isComplete: true)))
        }
        #expect(monitor.ends.isEmpty)
        #expect(monitor.wantedDump == .overrun)
        #expect(monitor.summary.lastDumpWasComplete == false)
    }

    @Test
    func whatBeganWhileTheDumpRanIsNotMissedByIt() {
        let monitor = Monitor()
        for _ in 0..<3 {
            monitor.take(.dumpBegan(DumpStart(cause: .periodic)))
            monitor.conntrack(.new, .entry(1))
            monitor.take(.dumpEnded(DumpEnd(isComplete: true)))
        }
        #expect(monitor.told == ["start"])
    }

    @Test
    func sessionsThatOnlyPacketsToldOfAreNoConcernOfDumps() {
        let monitor = Monitor()
        monitor.packet(.web)
        monitor.wait(seconds: 1)
        for _ in 0..<3 { monitor.dump([]) }
        #expect(monitor.told == ["start"])
    }

    // MARK: Resynchronisation

    @Test
    func aLossWantsADumpThatRepairsTheTable() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.new, Self.other)
        #expect(monitor.wantedDump == nil)
        monitor.lose(3)
        #expect(monitor.wantedDump == .overrun)
        monitor.take(.dumpBegan(DumpStart(cause: .overrun)))
        #expect(monitor.wantedDump == nil, "one is running")
        monitor.conntrack(.dumpRow, .entry(1) { $0.status = [.confirmed, .assured] })
        monitor.conntrack(.dumpRow, .entry(3, .tcp(.client, 5, .server, 6)))
        monitor.wait(seconds: 0.25)
        monitor.take(.dumpEnded(DumpEnd(isComplete: true)))
        #expect(monitor.wantedDump == .overrun, "entry 2 was missed once")
        let report = monitor.resyncs.last
        #expect(report?.rowCount == 2)
        #expect(report?.foundCount == 1)
        #expect(report?.correctedCount == 1)
        #expect(report?.endedCount == 0)
        #expect(report?.duration == 250_000_000)
        #expect(report?.isComplete == true)
    }

    @Test
    func theDumpOfASourceThatWasDownIsToldAsSuchUntilItHasSettledWhatIsGone() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.lose(nil, .down)
        monitor.dump([], cause: .restart)
        #expect(monitor.wantedDump == .restart, "entry 1 was missed once")
        monitor.dump([], cause: .restart)
        #expect(monitor.resyncs.map(\.cause) == [.restart, .restart])
        #expect(monitor.resyncs.map(\.isComplete) == [true, true])
        #expect(monitor.ends.count == 1)
        #expect(monitor.wantedDump == nil)
    }

    @Test
    func aSessionFoundAfterALossIsNotOlderThanTheListener() {
        let monitor = Monitor()
        monitor.dump([], cause: .initial)
        monitor.lose(1)
        monitor.dump([.entry(1)], cause: .overrun)
        #expect(monitor.session?.record.facts.contains(.predatesListener) == false)
        #expect(monitor.session?.start == nil, "when it began is unknown all the same")
    }
}
