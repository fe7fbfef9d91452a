import FlowModel
import Sessions
import Testing

/// Conntrack tells an end at once, while NFLOG gathers packets for a moment: a session's last packets come after its end.
struct DepartureTests {
    private static let other = FlowKey.tcp(.client, 1, .server, 2)

    @Test
    func theLastPacketsAreCountedToTheSessionThatHasEnded() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.packet(Self.other)  // of another connection
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.ends.isEmpty, "its packets may be on their way")
        #expect(monitor.summary.conntrackSessionCount == 0, "but it is over")
        monitor.wait(seconds: 0.2)
        monitor.packet(.web) { ($0.path.inInterface, $0.rule) = (2, NameID(rawValue: 5)) }
        monitor.wait(seconds: 0.4)
        #expect(monitor.ends.count == 1)
        #expect(monitor.ends.first?.session.nflog?.ingress == 2)
        #expect(monitor.ends.first?.session.nflog?.rule == NameID(rawValue: 5))
        #expect(monitor.summary.packetSessionCount == 1, "the late packet began none")
    }

    @Test
    func theEndIsWhenItWasAndNotWhenItIsTold() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.packet(Self.other)
        monitor.conntrack(.new, .entry(1))
        let end = monitor.now
        monitor.conntrack(.destroy, .entry(1))
        monitor.wait(seconds: 5)
        #expect(monitor.ends.first?.end.time == end)
    }

    /// Its packets came long ago, if any were logged.
    @Test
    func theEndOfALongerSessionIsToldAtOnce() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.conntrack(.new, .entry(1))
        monitor.wait(seconds: 1)
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.told == ["start", "end by event"])
        monitor.wait(seconds: 5)
        #expect(monitor.told == ["start", "end by event"])
    }

    @Test
    func withoutNFLogEveryEndIsToldAtOnce() {
        let monitor = Monitor { $0.hasNFLog = false }
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.told == ["start", "end by event"])
    }

    @Test
    func anEndThatWaitsMakesRoomForANewSession() {
        let monitor = Monitor {
            $0.hasNFLog = true
            $0.maximumSessions = 1
        }
        for id in 1...100 as ClosedRange<UInt32> {
            let entry = ConntrackEntry.entry(id, .tcp(.client, UInt16(id), .server, 443))
            monitor.conntrack(.new, entry)
            monitor.conntrack(.destroy, entry)
        }
        monitor.finish()
        #expect(monitor.summary.refusedCount == 0)
        #expect(monitor.ends.count == 100)
    }

    @Test
    func aSessionWhosePacketsWereSeenIsToldToHaveEndedAtOnce() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.conntrack(.new, .entry(1))
        monitor.packet(.web)
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.told.last == "end by event")
    }

    @Test
    func whenTheSourcesEndAllEndsAreTold() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.packet(Self.other)
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        monitor.finish()
        #expect(monitor.ends.count == 1)
    }

    @Test
    func aNewConnectionWithTheTupleOfOneThatHasEndedGetsItsOwnPackets() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        monitor.conntrack(.new, .entry(2))
        monitor.packet(.web)
        #expect(monitor.session?.record.conntrackID == 2)
        #expect(monitor.session?.nflog?.counters.original.packetCount == 1)
        monitor.wait(seconds: 1)
        #expect(monitor.told.filter { $0 == "end by event" }.count == 1)
    }

    @Test
    func whoOpensAndClosesOneConnectionOverAndOverLeavesFewEndsWaiting() {
        let monitor = Monitor { $0.hasNFLog = true }
        for id in 1...1000 as ClosedRange<UInt32> {
            monitor.conntrack(.new, .entry(id))
            monitor.wait(seconds: 0.001)
            monitor.conntrack(.destroy, .entry(id))
            #expect(monitor.ends.count == max(0, Int(id) - 8), "the next one's end takes its place")
        }
        // Of one that leaves the host the kernel does not say when it did.
        monitor.packet(.web) { ($0.time, $0.path.inInterface) = (nil, 2) }
        monitor.wait(seconds: 1)
        #expect(monitor.ends.count == 1000)
        #expect(monitor.ends.last?.session.nflog?.ingress == 2, "the packet is the last one's")
        #expect(monitor.summary.ambiguousPackets == 0)
        #expect(monitor.sessions.isEmpty)
    }

    /// As where somebody deletes conntrack's entry, and the program goes on.
    @Test
    func connectionsThatUseATupleOneAfterTheOtherEachGetTheirPackets() {
        let monitor = Monitor { $0.hasNFLog = true }
        var times: [Timestamp] = []
        for id in 1...4 as ClosedRange<UInt32> {
            monitor.conntrack(.new, .entry(id))
            monitor.wait(seconds: 0.01)
            times.append(monitor.now)
            monitor.wait(seconds: 0.01)
            monitor.conntrack(.destroy, .entry(id))
            monitor.wait(seconds: 0.001)
        }
        for (index, time) in times.enumerated() {
            monitor.packet(.web) { ($0.time, $0.path.inInterface) = (time, InterfaceIndex(index + 2)) }
        }
        monitor.wait(seconds: 1)
        #expect(monitor.ends.map(\.session.nflog?.ingress) == [2, 3, 4, 5])
    }

    @Test
    func anAttachedPacketOfUnknownTimeIsOfTheLastThatHadTupleAndID() {
        let monitor = Monitor { $0.hasNFLog = true }
        for _ in 1...3 {
            monitor.conntrack(.new, .entry(1))
            monitor.wait(seconds: 0.01)
            monitor.conntrack(.destroy, .entry(1))
        }
        monitor.packet(.web) { ($0.conntrackOriginal, $0.conntrackID, $0.path.inInterface) = (.web, 1, 3) }
        monitor.wait(seconds: 1)
        #expect(monitor.ends.map(\.session.nflog?.ingress) == [nil, nil, 3])
    }

    @Test
    func aPacketFromBeforeASessionsBeginningIsOfTheOneThatHadTheTupleBefore() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.conntrack(.new, .entry(1))
        let time = monitor.now
        monitor.wait(seconds: 0.1)
        monitor.conntrack(.destroy, .entry(1))
        monitor.wait(seconds: 0.1)
        monitor.conntrack(.new, .entry(2))
        monitor.packet(.web) {
            $0.time = time
            $0.path.inInterface = 3
        }
        monitor.wait(seconds: 1)
        #expect(monitor.ends.first?.session.nflog?.ingress == 3)
        #expect(monitor.session?.nflog == nil)
    }

    /// The kernel gives an entry's place out again at once, and with it the id.
    @Test
    func aPacketThatCameAfterASessionsEndIsOfTheNextOneThoughThatBearsItsIDAndIsNotToldYet() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        monitor.wait(seconds: 0.01)
        monitor.attachedPacket(path: 4)
        monitor.conntrack(.new, .entry(1))
        monitor.wait(seconds: 1)
        #expect(monitor.ends.map(\.session.nflog?.ingress) == [nil])
        #expect(monitor.session?.nflog?.ingress == 4)
        #expect(monitor.starts.count == 2, "and no other")
    }

    @Test
    func anAttachedPacketFromBeforeASessionsBeginningIsOfTheOneThatHadTupleAndIDBefore() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.conntrack(.new, .entry(1))
        let time = monitor.now
        monitor.wait(seconds: 0.1)
        monitor.conntrack(.destroy, .entry(1))
        monitor.wait(seconds: 0.1)
        monitor.conntrack(.new, .entry(1))
        monitor.attachedPacket(path: 3, at: time)
        monitor.attachedPacket(path: 4)
        monitor.wait(seconds: 1)
        #expect(monitor.ends.first?.session.nflog?.ingress == 3)
        #expect(monitor.session?.nflog?.ingress == 4)
    }
}

extension Monitor {
    /// A packet to which the kernel attached conntrack's entry of id 1.
    fileprivate func attachedPacket(path ingress: InterfaceIndex, at time: Timestamp? = nil) {
        packet(.web) {
            ($0.conntrackOriginal, $0.conntrackID) = (.web, 1)
            ($0.time, $0.path.inInterface) = (time ?? now, ingress)
        }
    }
}
