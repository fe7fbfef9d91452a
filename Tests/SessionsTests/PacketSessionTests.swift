import FlowModel
import Sessions
import Testing

struct PacketSessionTests {
    private static let rule = NameID(rawValue: 5)

    @Test
    func aPacketThatComesBeforeConntracksWordWaitsAndIsTheSameSession() {
        let monitor = Monitor()
        monitor.packet(.web) { ($0.rule, $0.path.inInterface) = (Self.rule, 2) }
        monitor.wait(seconds: 0.4)
        #expect(monitor.told.isEmpty, "the two sockets are not ordered")
        monitor.conntrack(.new, .entry(1))
        #expect(monitor.told == ["start"])
        #expect(monitor.starts.first?.nflog?.rule == Self.rule)
        #expect(monitor.session?.record.id == SessionID(conntrackID: 1, original: .web))
        monitor.wait(seconds: 600)
        #expect(monitor.told == ["start"], "a tracked session does not end for want of packets")
    }

    @Test
    func aPacketThatWaitedInVainIsASessionOfItsOwn() {
        let monitor = Monitor()
        let start = monitor.now
        monitor.packet(.web) { $0.opensConnection = true }
        monitor.wait(seconds: 0.5)
        #expect(monitor.told == ["start"])
        #expect(monitor.starts.first?.start == start)
        #expect(monitor.summary.packetSessionCount == 1)
        #expect(monitor.session?.conntrackCounters == nil)
        #expect(monitor.session?.counters?.original.byteCount == 100)
        #expect(monitor.session?.isExact == false)
    }

    @Test
    func aSessionToldAlreadyKeepsItsIdentityWhenConntrackTellsOfItLate() {
        let monitor = Monitor()
        monitor.packet(.web)
        monitor.wait(seconds: 1)
        let identity = monitor.session?.record.id
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.told == ["start", "update", "end by event"])
        #expect(monitor.ends.first?.session.record.id == identity)
    }

    @Test
    func withoutConntrackNoPacketWaits() {
        let monitor = Monitor { $0.hasConntrack = false }
        monitor.packet(.web)
        monitor.wait(seconds: 0)
        #expect(monitor.told == ["start"])
    }

    @Test
    func countsAreKeptApartByLane() {
        let monitor = Monitor()
        monitor.dump([.entry(1).counting(Counters(packetCount: 10, byteCount: 9000))])
        monitor.packet(.web)
        #expect(monitor.session?.conntrackCounters?.original == Counters(packetCount: 10, byteCount: 9000))
        #expect(monitor.session?.nflog?.counters.original == Counters(packetCount: 1, byteCount: 100))
        #expect(monitor.session?.counters?.total.byteCount == 9000, "never added up")
    }

    @Test
    func bothDirectionsAndTheirInterfacesAreTold() {
        let monitor = Monitor()
        monitor.packet(.web) { ($0.path.inInterface, $0.path.outInterface) = (2, 3) }
        monitor.packet(FlowKey.web.inverse) { ($0.path.inInterface, $0.path.outInterface) = (3, 2) }
        let lane = monitor.session?.nflog
        #expect(lane?.counters.original.packetCount == 1)
        #expect(lane?.counters.reply.packetCount == 1)
        #expect(
            lane?.originalPath.inInterface == 2 && lane?.originalPath.outInterface == 3
                && lane?.replyPath.inInterface == 3 && lane?.replyPath.outInterface == 2)
    }

    /// The same group and hook, at priorities before and after NAT.
    @Test
    func aPacketThatIsLoggedBeforeAndAfterTranslationIsCountedOnce() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1, reply: .tcp(.server, 443, .firewall, 40001)))
        for _ in 0..<3 {
            monitor.packet(.tcp(.server, 443, .firewall, 40001)) { $0.hook = 0 }
            monitor.packet(FlowKey.web.inverse) { $0.hook = 0 }
        }
        #expect(monitor.session?.nflog?.counters.reply == Counters(packetCount: 3, byteCount: 300))
    }

    @Test
    func theFirstRuleThatLoggedAPacketIsTheSessions() {
        let monitor = Monitor()
        monitor.packet(.web)
        monitor.packet(.web) { ($0.rule, $0.verdict) = (Self.rule, .accept) }
        monitor.packet(.web) { ($0.rule, $0.verdict) = (NameID(rawValue: 9), .unknown) }
        #expect(monitor.session?.nflog?.rule == Self.rule)
        #expect(monitor.session?.nflog?.verdict == .accept)
    }

    // MARK: Ends

    @Test
    func aSessionThatOnlyPacketsToldOfEndsWhenTheyStop() {
        let monitor = Monitor()
        monitor.packet(.web)
        monitor.wait(seconds: 60)
        monitor.packet(.web)
        let last = monitor.now
        monitor.wait(seconds: 119)
        #expect(monitor.sessions.count == 1)
        monitor.wait(seconds: 1)
        #expect(monitor.told == ["start", "end by timeout"])
        #expect(monitor.ends.first?.end.time == last)
        #expect(monitor.events.last?.time.nanoseconds(since: last) == 120_000_000_000, "when it was certain")
        #expect(monitor.ends.first?.session.counters?.total.packetCount == 2)
    }

    @Test
    func theSessionUnusedForLongestIsEvictedAndCounted() {
        let monitor = Monitor { $0.maximumPacketSessions = 3 }
        for port in 1...3 as ClosedRange<UInt16> { monitor.packet(.tcp(.client, port, .server, 443)) }
        monitor.wait(seconds: 1)
        monitor.packet(.tcp(.client, 1, .server, 443))  // so that 2 is the one unused for longest
        monitor.packet(.tcp(.client, 4, .server, 443))
        #expect(monitor.summary.evictedCount == 1)
        #expect(monitor.ends.first?.session.record.original.sourcePort == 2)
        #expect(monitor.ends.first?.end.cause == .evicted)
        #expect(Set(monitor.sessions.map(\.record.original.sourcePort)) == [1, 3, 4])
        #expect(!monitor.summary.isComplete)
    }

    // MARK: ICMP errors

    @Test
    func anICMPErrorIsCountedToTheSessionItSpeaksOfAndNotToItsBytes() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.packet(.web)
        monitor.packet(.web) { $0.isICMPError = true }
        #expect(monitor.session?.nflog?.errorCount == 1)
        #expect(monitor.session?.nflog?.counters.total.packetCount == 1)
    }

    @Test
    func theKernelsStampIsThePacketsTime() {
        let monitor = Monitor()
        monitor.wait(seconds: 1)
        let time = Timestamp(nanoseconds: monitor.now.nanoseconds - 900_000_000)
        monitor.packet(.web) {
            $0.time = time
            $0.opensConnection = true
        }
        #expect(monitor.session?.start == time)
    }

    @Test
    func aPacketAmidAConnectionDoesNotTellItsStart() {
        let monitor = Monitor()
        monitor.packet(.web)
        monitor.conntrack(.dumpRow, .entry(1))
        #expect(monitor.session?.start == nil)
    }

    @Test
    func noStampOfAPacketIsTooFarFromTheLast() {
        let monitor = Monitor()
        for (number, nanoseconds) in [0, Int64.min].enumerated() {
            monitor.packet(.web) {
                $0.time = Timestamp(nanoseconds: nanoseconds)
                $0.rule = NameID(rawValue: UInt16(number + 5))
                $0.digest = 7
            }
        }
        #expect(monitor.session?.nflog?.counters.total.packetCount == 2)
    }

    @Test
    func anICMPErrorAboutNothingInventsNoSession() {
        let monitor = Monitor()
        monitor.packet(.web) { $0.isICMPError = true }
        #expect(monitor.sessions.isEmpty)
        #expect(monitor.summary.strayErrorCount == 1)
    }

    @Test
    func whatNoRuleLoggedIsUnknownAndNotZero() {
        let monitor = Monitor()
        monitor.packet(.web)
        #expect(monitor.session?.counters(of: .original)?.packetCount == 1)
        #expect(monitor.session?.counters(of: .reply) == nil)
    }
}
