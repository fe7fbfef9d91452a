import FlowModel
import Sessions
import Testing

/// What captures saw is joined to the sessions that it is of.
struct FlowSessionTests {
    /// One session at every tap: where packets come in they are not translated yet, where they leave they are.
    @Test(arguments: TranslationTests.ports)
    func eachTapShowsTheSessionItsOwnTuple(_ translation: TranslationTests.Translation) throws {
        let monitor = Monitor { $0.hasTaps = true }
        monitor.flow(.tcp(.inner, 1, .server, 2), 1, ago: 1)  // so that the capture is older than the session
        monitor.conntrack(
            .new, .entry(7, translation.original, reply: translation.reply) { $0.eventTime = monitor.now })
        monitor.wait(seconds: 1)
        monitor.flow(translation.original, 3, 2, by: 3, .ingress)
        monitor.flow(translation.reply.inverse, 3, 2, by: 4, .egress)
        let session = try #require(monitor.sessions.first { $0.record.conntrackID == 7 })
        #expect(monitor.sessions.count == 2)
        #expect(session.taps.first?.tap == Tap(interface: 3, direction: .ingress))
        #expect(session.taps.second?.tap == Tap(interface: 4, direction: .egress))
        #expect(session.taps.first?.original.seen.packetCount == 3)
        #expect(session.taps.first?.reply.seen.packetCount == 2)
        #expect(session.taps.second?.original.seen.packetCount == 3)
        #expect(session.taps.second?.isLowerBound == false)
        #expect((session.ingress, session.egress) == (3, 4))
    }

    /// The capture saw the answer first, or the connection was begun by the other side.
    @Test(arguments: TranslationTests.ports)
    func aFlowSeenFromTheOtherSideIsTurned(_ translation: TranslationTests.Translation) throws {
        let monitor = Monitor { $0.hasTaps = true }
        monitor.conntrack(.new, .entry(7, translation.original, reply: translation.reply))
        monitor.wait(seconds: 1)
        monitor.flow(translation.reply, 2, 3, by: 4, .ingress)
        monitor.flow(translation.original.inverse, 2, 3, by: 3, .egress)
        let session = try #require(monitor.session)
        let lanes = session.taps.lanes
        #expect(lanes.allSatisfy { $0.original.seen.packetCount == 3 && $0.reply.seen.packetCount == 2 })
        #expect(
            Set(lanes.map(\.tap)) == [Tap(interface: 3, direction: .ingress), Tap(interface: 4, direction: .egress)])
    }

    /// By a mirror port both directions come in.
    @Test
    func whatComesInBothWaysIsCountedBothWays() throws {
        let monitor = Monitor { $0.hasTaps = true }
        let key = FlowKey.tcp(.inner, 1, .server, 2)
        monitor.flow(key, 3, by: 3, .ingress, [.isFirst, .opensConnection])
        monitor.flow(key.inverse, 2, by: 3, .ingress)
        let session = try #require(monitor.session)
        #expect(session.counters?.original.packetCount == 3)
        #expect(session.counters?.reply.packetCount == 2)
        #expect(session.ingress == 3)
    }

    /// What a mirror port shows in two VLANs is one session, seen twice and counted once.
    @Test
    func aVLANIsATapOfItsOwn() throws {
        let monitor = Monitor { $0.hasTaps = true }
        let key = FlowKey.tcp(.inner, 1, .server, 2)
        for (vlan, ago) in [(10, 0.5), (20, 0.4)] as [(UInt16, Double)] {
            var flow = FlowObservation.flow(
                key, 3, 2, by: 3, .unknown, [.isFirst, .opensConnection], at: monitor.now, ago: ago)
            flow.vlans = VLANs(forward: vlan, backward: vlan == 10 ? 20 : 10)
            monitor.take(.flow(flow))
        }
        monitor.wait(seconds: 1)
        var more = FlowObservation.flow(key, 4, by: 3, .unknown, [], at: monitor.now)
        more.vlans.forward = 20
        monitor.take(.flow(more))
        let session = try #require(monitor.session)
        #expect(monitor.sessions.count == 1)
        #expect(session.taps.lanes.map { $0.vlan(.original) } == [10, 20])
        #expect(session.taps.lanes.map(\.original.seen.packetCount) == [3, 7])
        #expect(session.vlan == 10)
    }

    /// Two sessions show one tuple, the one before translation and the other behind it.
    @Test
    func theTapTellsWhichOfTwoSessionsShowsATuple() throws {
        let monitor = Monitor { $0.hasTaps = true }
        let translated = FlowKey.tcp(.firewall, 40001, .server, 443)
        monitor.conntrack(.new, .entry(1, .web, reply: translated.inverse))
        monitor.conntrack(.new, .entry(2, translated, reply: .tcp(.server, 443, .firewall, 40002)))
        monitor.wait(seconds: 1)
        monitor.flow(translated, 5, by: 4, .egress)
        monitor.flow(translated, 6, by: 3, .ingress)
        func count(_ id: UInt32) -> UInt64? {
            monitor.sessions.first { $0.record.conntrackID == id }?.taps.first?.original.seen.packetCount
        }
        #expect(count(1) == 5)
        #expect(count(2) == 6)
        #expect(monitor.summary.ambiguousPackets == 0)
    }

    /// On a loopback translated packets come in again as they went out.
    @Test
    func aTupleThatNoTapShouldShowIsTheSessionsNevertheless() throws {
        let monitor = Monitor { $0.hasTaps = true }
        let reply = FlowKey.tcp(.inner, 8080, .server, 50000)
        monitor.conntrack(.new, .entry(1, .tcp(.server, 50000, .firewall, 80), reply: reply))
        monitor.wait(seconds: 1)
        monitor.flow(reply.inverse, 5, by: 1, .ingress)
        #expect(monitor.session?.taps.first?.original.seen.packetCount == 5)
    }

    @Test
    func whatSessionsOfSeveralZonesMayOwnIsGivenToNone() {
        let monitor = Monitor { $0.hasTaps = true }
        monitor.conntrack(.new, .entry(1, FlowKey.web.inZone(1)))
        monitor.conntrack(.new, .entry(2, FlowKey.web.inZone(2)))
        monitor.wait(seconds: 1)
        monitor.flow(.web, 5, 2)
        #expect(monitor.summary.ambiguousPackets == 7)
        #expect(monitor.sessions.allSatisfy { $0.taps.isEmpty })
    }

    @Test
    func everyWordOfAFlowIsAddedUp() throws {
        let monitor = Monitor { $0.hasTaps = true }
        monitor.conntrack(.new, .entry(1))
        for second in 0..<5 {
            monitor.wait(seconds: 1)
            monitor.flow(.web, 2, 1, second == 0 ? .isFirst : [])
        }
        #expect(monitor.session?.taps.first?.seen.total == Counters(packetCount: 15, byteCount: 1500))
        #expect(monitor.told == ["start", "update"], "once, as the interface is known now")
    }

    @Test
    func aHostOfManyInterfacesShowsTheFirstAndWhereItLeaves() throws {
        let monitor = Monitor { $0.hasTaps = true }
        monitor.conntrack(.new, .entry(1))
        monitor.wait(seconds: 1)
        monitor.flow(.web, 1, by: 3, .ingress, ago: 0.4)
        monitor.flow(.web, 1, by: 4, .ingress, ago: 0.3)
        monitor.flow(.web, 1, by: 5, .egress, ago: 0.2)
        for other in 6..<20 as Range<InterfaceIndex> { monitor.flow(.web, 1, by: other, .egress, ago: 0.1) }
        let taps = try #require(monitor.session?.taps)
        #expect(taps.first?.tap.interface == 3)
        #expect(taps.second?.tap.interface == 5)
        #expect(taps.otherCount == 15)
        // As many as the table keeps, the two first.
        #expect(taps.lanes.map(\.tap.interface) == [3, 5, 4, 6, 7, 8, 9, 10])
    }

    // MARK: The end

    @Test
    func theEndOfASessionWaitsForItsLastFrames() throws {
        let monitor = Monitor { $0.hasTaps = true }
        monitor.conntrack(.new, .entry(1) { $0.eventTime = monitor.now })
        monitor.wait(seconds: 1)
        monitor.flow(.web, 2, 1)
        monitor.wait(seconds: 0.5)
        monitor.conntrack(.destroy, .entry(1).counting(Counters(packetCount: 4, byteCount: 400)))
        #expect(monitor.ends.isEmpty)
        monitor.wait(seconds: 1)
        monitor.flow(.web, 2, 1, .ingress, [], ago: 1.2)
        monitor.wait(seconds: 0.6)
        let end = try #require(monitor.ends.first)
        #expect(monitor.ends.count == 1)
        #expect(end.session.taps.first?.seen.original.packetCount == 4)
        #expect(end.end.time.nanoseconds == Monitor.epoch.nanoseconds + 1_500_000_000)
        #expect(monitor.sessions.isEmpty)
    }

    @Test
    func withoutACaptureNoEndWaits() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.ends.count == 1)
    }

    /// The tuple was given out again at once: time decides.
    @Test
    func framesFromBeforeTheNewSessionAreOfTheOneThatEnded() throws {
        let monitor = Monitor { $0.hasTaps = true }
        monitor.conntrack(.new, .entry(1) { $0.eventTime = monitor.now })
        monitor.wait(seconds: 1)
        monitor.conntrack(.destroy, .entry(1) { $0.stop = monitor.now })
        monitor.wait(seconds: 0.2)
        monitor.conntrack(.new, .entry(2) { $0.eventTime = monitor.now })
        monitor.wait(seconds: 0.3)
        monitor.flow(.web, 7, ago: 0.9)
        monitor.flow(.web, 3, ago: 0.29)
        #expect(monitor.session?.taps.first?.seen.original.packetCount == 3)
        monitor.wait(seconds: 2)
        #expect(monitor.ends.first?.session.taps.first?.seen.original.packetCount == 7)
    }

    /// A port scan, or a load balancer that uses its ports again: each connection's first frame is stamped before conntrack's word of it,
    /// and all of them are told a second later.
    @Test(arguments: [true, false])
    func connectionsThatFollowEachOtherAtOnceKeepTheirFrames(_ isStamped: Bool) {
        let monitor = Monitor { $0.hasTaps = true }
        let microsecond: Int64 = 1000
        var openings: [Timestamp] = []
        for id in 1...5 as ClosedRange<UInt32> {
            let passed = monitor.now
            openings.append(passed)
            func later(_ microseconds: Int64) -> Timestamp {
                Timestamp(nanoseconds: passed.nanoseconds + microseconds * microsecond)
            }
            if !isStamped { monitor.wait(seconds: 0.0015) }  // its word is as late as that
            if id > 1 { monitor.conntrack(.destroy, .entry(id - 1) { $0.stop = isStamped ? later(20) : nil }) }
            monitor.conntrack(.new, .entry(id) { $0.eventTime = isStamped ? later(25) : nil })
            monitor.wait(seconds: 0.0005)
        }
        monitor.wait(seconds: 0.5)
        for (number, opening) in openings.enumerated() {
            let ago = Double(monitor.now.nanoseconds - opening.nanoseconds) / 1e9
            monitor.flow(.web, UInt64(number) + 1, 1, [.isFirst, .opensConnection, .closed], ago: ago)
        }
        monitor.conntrack(.destroy, .entry(5) { $0.stop = monitor.now })
        monitor.wait(seconds: 3)
        let told = monitor.ends.sorted { $0.session.record.conntrackID < $1.session.record.conntrackID }
        #expect(told.map { $0.session.taps.first?.original.seen.packetCount } == [1, 2, 3, 4, 5])
    }

    // MARK: Order

    /// The sources are not ordered: conntrack's word may come last.
    @Test(arguments: TranslationTests.ports)
    func conntracksWordMayComeLater(_ translation: TranslationTests.Translation) throws {
        let monitor = Monitor { $0.hasTaps = true }
        monitor.flow(translation.original, 3, 2, by: 3, .ingress, [.isFirst, .opensConnection])
        monitor.flow(translation.reply.inverse, 3, 2, by: 4, .egress, [.isFirst, .opensConnection])
        #expect(monitor.told.isEmpty)
        monitor.wait(seconds: 0.1)
        monitor.conntrack(.new, .entry(7, translation.original, reply: translation.reply))
        let session = try #require(monitor.session)
        #expect(session.record.facts.contains(.conntrack))
        #expect(session.taps.lanes.count == 2)
        #expect(session.taps.lanes.allSatisfy { $0.original.seen.packetCount == 3 })
        #expect(monitor.told == ["start"])
        #expect(monitor.summary.packetSessionCount == 0)
    }

    @Test
    func aDeniedAttemptStaysOneWhateverCameFirst() {
        for isLoggedFirst in [true, false] {
            let monitor = Monitor { ($0.hasTaps, $0.hasNFLog) = (true, true) }
            func log() { monitor.packet(.web) { ($0.verdict, $0.opensConnection) = (.drop, true) } }
            if isLoggedFirst { log() }
            monitor.flow(.web, 1, 0, [.isFirst, .opensConnection])
            if !isLoggedFirst { log() }
            monitor.wait(seconds: 2)
            #expect(monitor.sessions.count == 2)
            #expect(monitor.sessions.filter { $0.record.facts.contains(.denied) }.allSatisfy { $0.taps.isEmpty })
            #expect(monitor.sessions.filter { $0.denials.isEmpty }.allSatisfy { !$0.taps.isEmpty })
        }
    }

    /// A client repeats its SYN after a second, and again, and a rule for new connections logs each before another one denies it.
    @Test
    func aDeniedAttemptStaysOneHoweverOftenItIsRepeated() {
        let monitor = Monitor { ($0.hasTaps, $0.hasNFLog) = (true, true) }
        for number in 0..<4 {
            let now = monitor.now
            for (hook, rule, verdict) in [(2, 8, .unknown), (2, 9, .drop)] as [(UInt8, UInt16, Verdict)] {
                monitor.packet(.web) {
                    ($0.hook, $0.rule, $0.verdict) = (hook, NameID(rawValue: rule), verdict)
                    ($0.time, $0.opensConnection, $0.digest) = (now, true, UInt64(number))
                }
            }
            monitor.wait(seconds: 0.6)
            monitor.flow(.web, 1, 0, number == 0 ? [.isFirst, .opensConnection] : [], ago: 0.6)
            monitor.wait(seconds: 1.4)
        }
        #expect(monitor.sessions.count == 2)
        let attempt = monitor.sessions.first { !$0.denials.isEmpty }
        #expect(attempt?.denials.packetCount == 4)
        #expect(attempt?.taps.isEmpty == true)
        let captured = monitor.sessions.first { $0.denials.isEmpty }
        #expect(captured?.taps.first?.original.seen.packetCount == 4)
        #expect(captured?.nflog == nil)
    }

    // MARK: Loss

    @Test
    func framesThatWereLostMakeTheSessionsOfThatTimeLowerBounds() throws {
        let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
        monitor.flow(.web, 4, 0, [.isFirst, .opensConnection])
        #expect(monitor.session?.taps.first?.isLowerBound == false)
        monitor.lose(17, .overrun, .packet)
        #expect(monitor.session?.taps.first?.isLowerBound == true)
        #expect(monitor.summary.lostCounts.packet == 17)
        monitor.wait(seconds: 1)
        monitor.flow(.tcp(.client, 1, .server, 2), 1, 0, [.isFirst, .opensConnection])
        #expect(monitor.sessions.filter { $0.taps.first?.isLowerBound == false }.count == 1)
    }

    @Test
    func aSessionFromBeforeTheCaptureIsALowerBoundThere() throws {
        let monitor = Monitor { $0.hasTaps = true }
        monitor.conntrack(.new, .entry(1) { $0.eventTime = monitor.now })
        monitor.wait(seconds: 10)
        monitor.flow(.web, 4)
        #expect(monitor.session?.taps.first?.isLowerBound == true)
    }

    /// An interface went, and its index is another's now.
    @Test
    func tapsOfAnInterfaceThatWentKeepItsName() throws {
        let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
        let (old, new) = (NameID(rawValue: 1), NameID(rawValue: 2))
        monitor.take(.interface(InterfaceObservation(index: 3, name: old, isGone: false)))
        monitor.flow(.web, 1)
        monitor.take(.interface(InterfaceObservation(index: 3, name: old, isGone: true)))
        monitor.take(.interface(InterfaceObservation(index: 3, name: new, isGone: false)))
        monitor.flow(.tcp(.client, 1, .server, 2), 1)
        let names = monitor.sessions.map { monitor.table.interfaceNames[$0.taps.first?.tap.interface ?? 0] }
        #expect(names == [old, new])
    }
}
