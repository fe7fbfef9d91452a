import FlowModel
import Sessions
import Testing

struct ConntrackSessionTests {
    @Test
    func aConnectionBeginsChangesAndEndsOnce() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.wait(seconds: 1)
        monitor.conntrack(.update, .entry(1) { $0.status = [.confirmed, .seenReply] })
        monitor.conntrack(.destroy, .entry(1) { $0.status = [.confirmed, .seenReply] })
        #expect(monitor.told == ["start", "update", "end by event"])
        #expect(monitor.sessions.isEmpty)
    }

    @Test
    func theIdentityIsTheSameInEveryEvent() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        let identity = monitor.session?.record.id
        monitor.dump([.entry(1)])
        #expect(monitor.session?.record.id == identity)
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.ends.first?.session.record.id == identity)
        #expect(identity == SessionID(conntrackID: 1, original: .web))
    }

    @Test
    func repeatedNewsIsOneSession() {
        let monitor = Monitor()
        for _ in 0..<3 { monitor.conntrack(.new, .entry(1)) }
        #expect(monitor.told == ["start"])
        #expect(monitor.summary.sessionCount == 1)
    }

    @Test
    func anUpdateBeforeItsNewBeginsTheSession() {
        let monitor = Monitor()
        monitor.conntrack(.update, .entry(1) { $0.status = [.confirmed, .seenReply] })
        monitor.conntrack(.new, .entry(1) { $0.status = [.confirmed, .seenReply] })
        #expect(monitor.told == ["start"])
    }

    @Test
    func whatOutputsDoNotShowIsNoUpdate() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.update, .entry(1) { $0.timeout = 300 })
        #expect(monitor.told == ["start"])
    }

    @Test
    func statusMarkStateHelperAndTranslationAreUpdates() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.update, .entry(1) { $0.status = [.confirmed, .assured] })
        monitor.conntrack(.update, .entry(1) { ($0.status, $0.mark) = ([.confirmed, .assured], 7) })
        monitor.conntrack(.update, .entry(1) { ($0.status, $0.tcpState) = (nil, TCPState(rawValue: 3)) })
        monitor.conntrack(.update, .entry(1) { $0.status = nil }, helper: NameID(rawValue: 2))
        monitor.conntrack(.update, .entry(1, reply: .tcp(.server, 443, .firewall, 40001)) { $0.status = nil })
        #expect(monitor.told == ["start"] + Array(repeating: "update", count: 5))
        #expect(monitor.session?.record.mark == 7)
        #expect(monitor.session?.record.tcpState.keyword == "ESTABLISHED")
        #expect(monitor.session?.record.isTranslated == true)
    }

    @Test
    func whatLaterMessagesLackIsRemembered() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1) { $0.mark = 7 }, helper: NameID(rawValue: 2))
        monitor.conntrack(.destroy, .entry(1))  // carries neither helper nor mark
        #expect(monitor.ends.first?.session.record.helper == NameID(rawValue: 2))
        #expect(monitor.ends.first?.session.record.mark == 7)
    }

    // MARK: Ends

    @Test
    func theSecondDestroyIsNoSecondEnd() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.told == ["start", "end by event"])
        #expect(monitor.summary.staleMessages == 1)
    }

    @Test
    func anUnknownConnectionsDestroyIsToldOnce() {
        let monitor = Monitor()
        monitor.conntrack(.destroy, .entry(1).counting(Counters(packetCount: 2, byteCount: 120)))
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.told == ["end by event"])
        #expect(monitor.ends.first?.session.counters?.original.byteCount == 120)
    }

    @Test
    func aLateUpdateDoesNotBringTheDeadBack() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        monitor.conntrack(.update, .entry(1))
        #expect(monitor.told == ["start", "end by event"])
        #expect(monitor.sessions.isEmpty)
    }

    /// The kernel's memory allocator gives the place, and so the id, of a dead entry out again.
    @Test
    func theSameTupleUnderTheSameIdMayBeginAnew() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        monitor.wait(seconds: 0.1)
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.told == ["start", "end by event", "start", "end by event"])
    }

    @Test
    func aKnownTupleUnderANewIdEndsTheOldSessionBetweenItsLastSignAndNow() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        let lastSeen = monitor.now
        monitor.wait(seconds: 30)
        monitor.conntrack(.new, .entry(2))
        #expect(monitor.told == ["start", "end by inferred", "start"])
        #expect(monitor.ends.first?.end.earliest == lastSeen)
        #expect(monitor.ends.first?.end.time == monitor.now)
    }

    @Test(arguments: [ConntrackObservation.Kind.update, .destroy, .dumpRow])
    func aLateWordAboutTheDeadLeavesTheTuplesNewOwnerAlone(_ kind: ConntrackObservation.Kind) {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        monitor.conntrack(.new, .entry(2))
        monitor.conntrack(kind, .entry(1))
        #expect(monitor.told == ["start", "end by event", "start"])
        #expect(monitor.session?.record.conntrackID == 2)
    }

    @Test
    func theEndIsWhenTheKernelSaysAndNotWhenTheWordCame() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        let stop = monitor.now
        monitor.wait(seconds: 44)  // as late as DESTROY was seen to come for an idle connection
        monitor.conntrack(.destroy, .entry(1) { $0.stop = stop })
        #expect(monitor.ends.first?.end.time == stop)
        #expect(monitor.ends.first?.end.cause == .event)
    }

    @Test
    func withoutStampsTheEndIsWhenTheWordCame() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.wait(seconds: 5)
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.ends.first?.end.time == monitor.now)
    }

    // MARK: Counters and times

    @Test
    func unknownCountersAreAbsentAndNotZero() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        #expect(monitor.session?.counters == nil)
        #expect(monitor.session?.isExact == false)
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.ends.first?.session.counters == nil)
    }

    @Test
    func aCountersOfZeroIsKnown() {
        let monitor = Monitor()
        monitor.dump([.entry(1).counting(Counters(packetCount: 1, byteCount: 60), Counters())])
        #expect(monitor.session?.counters?.reply == Counters())
        #expect(monitor.session?.isExact == true)
    }

    @Test
    func destroyBringsTheFinalCounters() {
        let monitor = Monitor()
        monitor.dump([.entry(1).counting(Counters(packetCount: 1, byteCount: 60))])
        let final = ConntrackEntry.entry(1).counting(
            Counters(packetCount: 29, byteCount: 3012), Counters(packetCount: 32, byteCount: 45199))
        monitor.conntrack(.destroy, final)
        #expect(monitor.ends.first?.session.counters?.total == Counters(packetCount: 61, byteCount: 48211))
        #expect(monitor.ends.first?.session.isExact == true)
    }

    @Test
    func countersThatSomebodyZeroedAreNoLongerExact() {
        let monitor = Monitor()
        monitor.dump([.entry(1).counting(Counters(packetCount: 10, byteCount: 1000))])
        monitor.wait(seconds: 1)
        monitor.dump([.entry(1).counting(Counters(packetCount: 2, byteCount: 200))])
        #expect(monitor.session?.counters?.original == Counters(packetCount: 12, byteCount: 1200))
        #expect(monitor.session?.isExact == false)
    }

    @Test
    func offloadedCountersAreNotExact() {
        let monitor = Monitor()
        monitor.dump([ConntrackEntry.entry(1) { $0.status = [.confirmed, .offload] }.counting(Counters())])
        #expect(monitor.session?.isExact == false)
    }

    @Test
    func theRateIsThatBetweenTwoReadings() {
        let monitor = Monitor()
        monitor.dump([.entry(1).counting(Counters(packetCount: 10, byteCount: 1000))])
        #expect(monitor.session?.record.facts.contains(.rate) == false, "one reading makes no rate")
        monitor.wait(seconds: 2)
        monitor.dump([.entry(1).counting(Counters(packetCount: 14, byteCount: 3000))])
        #expect(monitor.session?.record.bytesPerSecond == 1000)
        #expect(monitor.session?.record.packetsPerSecond == 2)
    }

    @Test
    func aRateThatNoDumpRenewsIsNotKnownForLong() {
        let monitor = Monitor()
        monitor.dump([.entry(1).counting(Counters(packetCount: 10, byteCount: 1000))])
        monitor.wait(seconds: 2)
        monitor.dump([.entry(1).counting(Counters(packetCount: 14, byteCount: 3000))])
        monitor.wait(seconds: 9)
        #expect(monitor.session?.record.facts.contains(.rate) == true)
        monitor.wait(seconds: 2)
        #expect(monitor.session?.record.facts.contains(.rate) == false)
    }

    /// A filter of events asks for the rate of that moment.
    @Test
    func anEventDoesNotTellARateOfLongBefore() {
        let monitor = Monitor()
        monitor.dump([.entry(1).counting(Counters(packetCount: 10, byteCount: 1000))])
        monitor.wait(seconds: 2)
        monitor.dump([.entry(1).counting(Counters(packetCount: 14, byteCount: 3000))])
        monitor.wait(seconds: 9)
        monitor.conntrack(.update, .entry(1) { $0.mark = 1 })
        monitor.wait(seconds: 2)
        monitor.conntrack(.update, .entry(1) { $0.mark = 2 })
        let updates = monitor.events.compactMap { if case .update = $0.kind { $0.session } else { nil } }
        #expect(updates.map(\.record.mark) == [1, 2])
        #expect(updates.map { $0.record.facts.contains(.rate) } == [true, false])
    }

    /// The kernel tells the last counters, which make no rate.
    @Test
    func anEndDoesNotTellARateOfLongBefore() {
        let monitor = Monitor()
        monitor.dump([.entry(1).counting(Counters(packetCount: 10, byteCount: 1000))])
        monitor.wait(seconds: 2)
        monitor.dump([.entry(1).counting(Counters(packetCount: 14, byteCount: 3000))])
        monitor.wait(seconds: 11)
        monitor.conntrack(.destroy, .entry(1).counting(Counters(packetCount: 15, byteCount: 3100)))
        #expect(monitor.ends.map { $0.session.record.facts.contains(.rate) } == [false])
    }

    @Test
    func whereDumpsAreRareTheRateIsKnownUntilTheNextOne() {
        let monitor = Monitor()
        for packets in [10, 20, 30] as [UInt64] {
            monitor.dump([.entry(1).counting(Counters(packetCount: packets, byteCount: 100 * packets))])
            monitor.wait(seconds: 60)
        }
        #expect(monitor.session?.record.facts.contains(.rate) == true)
        monitor.wait(seconds: 61)
        #expect(monitor.session?.record.facts.contains(.rate) == false)
    }

    @Test
    func aDumpThatShowsASessionTwiceLeavesItsRate() {
        let monitor = Monitor()
        monitor.dump([.entry(1).counting(Counters(packetCount: 10, byteCount: 1000))])
        monitor.wait(seconds: 2)
        let row = ConntrackEntry.entry(1).counting(Counters(packetCount: 14, byteCount: 3000))
        monitor.take(.dumpBegan(DumpStart(cause: .periodic)))
        monitor.conntrack(.dumpRow, row)
        monitor.wait(seconds: 0.001)
        monitor.conntrack(.dumpRow, row)
        #expect(monitor.session?.record.bytesPerSecond == 1000)
    }

    @Test
    func zeroedCountersLeaveNoRateFromBefore() {
        let monitor = Monitor()
        for bytes in [1000, 3000, 200] as [UInt64] {
            monitor.dump([.entry(1).counting(Counters(packetCount: bytes / 100, byteCount: bytes))])
            monitor.wait(seconds: 2)
        }
        #expect(monitor.session?.record.facts.contains(.rate) == false)
    }

    @Test
    func zeroedCountersLeaveWhatWasCountedBeforeAsALowerBound() {
        let monitor = Monitor()
        /// What the session is said to have had, after a dump that shows these counters of its two directions.
        func look(_ original: (UInt64, UInt64), _ reply: (UInt64, UInt64)) -> [UInt64]? {
            monitor.wait(seconds: 2)
            monitor.dump([
                .entry(1).counting(
                    Counters(packetCount: original.0, byteCount: original.1),
                    Counters(packetCount: reply.0, byteCount: reply.1))
            ])
            guard let counters = monitor.session?.record.counters else { return nil }
            return [counters.original, counters.reply].flatMap { [$0.packetCount, $0.byteCount] }
        }
        #expect(look((10, 1000), (20, 9000)) == [10, 1000, 20, 9000])
        #expect(monitor.session?.isExact == true)
        #expect(look((0, 0), (0, 0)) == [10, 1000, 20, 9000])
        #expect(monitor.session?.isExact == false)
        // What passes from then on is more, also where it is less than before, and makes a rate again.
        #expect(look((1, 100), (2, 300)) == [11, 1100, 22, 9300])
        #expect(monitor.session?.record.bytesPerSecond == 200)
        #expect(look((2, 50), (9, 9999)) == [13, 1150, 29, 18_999], "one direction shows that it was zeroed again")
        #expect(look((3, 150), (10, 10_099)) == [14, 1250, 30, 19_099])
        monitor.conntrack(
            .destroy,
            .entry(1).counting(Counters(packetCount: 4, byteCount: 250), Counters(packetCount: 10, byteCount: 10_099)))
        #expect(monitor.ends.first?.session.record.counters.total == Counters(packetCount: 45, byteCount: 20_449))
        #expect(monitor.ends.first?.session.isExact == false, "what passed just before the zeroing nobody counted")
    }

    @Test
    func whatWasZeroedIsNotTheNextSessionsInItsPlace() {
        let monitor = Monitor()
        for bytes in [1000, 0] as [UInt64] {
            monitor.dump([.entry(1).counting(Counters(packetCount: bytes, byteCount: bytes))])
        }
        monitor.conntrack(.destroy, .entry(1).counting(Counters()))
        monitor.conntrack(.new, .entry(2))
        for bytes in [30, 40] as [UInt64] {
            monitor.dump([.entry(2).counting(Counters(packetCount: bytes, byteCount: bytes))])
        }
        #expect(monitor.session?.record.counters.total == Counters(packetCount: 40, byteCount: 40))
        #expect(monitor.session?.isExact == true)
    }

    @Test
    func theBeginningIsTheKernelsStampWhereThereIsOne() {
        let monitor = Monitor()
        let start = Timestamp(nanoseconds: Monitor.epoch.nanoseconds - 3_600_000_000_000)
        monitor.dump([.entry(1) { $0.start = start }, .entry(2, .tcp(.client, 1, .server, 2))], cause: .initial)
        let starts = monitor.sessions.map(\.start)
        #expect(starts.contains(start))
        #expect(starts.contains(nil), "older than nfmon, and the kernel did not stamp it")
    }

    @Test
    func aNewConnectionsBeginningIsTheEventsStampOrWhenItCame() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        #expect(monitor.session?.start == monitor.now)
        let eventTime = Timestamp(nanoseconds: monitor.now.nanoseconds - 5000)
        monitor.conntrack(.new, .entry(2, .tcp(.client, 1, .server, 2)) { $0.eventTime = eventTime })
        #expect(monitor.starts.last?.start == eventTime)
    }

    // MARK: Old counters

    @Test
    func countersFromBeforeTheLastWordAreALowerBound() {
        let monitor = Monitor()
        monitor.dump([.entry(1).counting(Counters(packetCount: 10, byteCount: 9000))])
        #expect(monitor.session?.isExact == true)
        monitor.conntrack(.update, .entry(1) { $0.tcpState = TCPState(rawValue: 4) })
        #expect(monitor.events.last?.session.isExact == false, "more may have passed since")
        monitor.conntrack(.destroy, .entry(1).counting(Counters(packetCount: 12, byteCount: 9100)))
        #expect(monitor.ends.first?.session.isExact == true)
    }

    @Test
    func atTheEndOfARecordingWhatAnEarlierDumpCountedIsALowerBound() {
        for (seconds, isExact) in [(0.4, true), (0.6, false)] {
            let monitor = Monitor()
            monitor.dump([.entry(1).counting(Counters(packetCount: 10, byteCount: 9000))])
            monitor.wait(seconds: seconds)
            monitor.finish()
            #expect(monitor.session?.isExact == isExact)
        }
    }

    @Test
    func aSessionThatPassesIsNotThatOfARuleThatDeniedSomeOfItsPackets() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.packet(.web) { $0.rule = NameID(rawValue: 5) }
        monitor.packet(.web) { ($0.rule, $0.verdict) = (NameID(rawValue: 6), .drop) }
        #expect(monitor.session?.rule == NameID(rawValue: 5))
        #expect(monitor.session?.verdict == .unknown)
        #expect(monitor.session?.denials.first?.rule == NameID(rawValue: 6))
    }
}
