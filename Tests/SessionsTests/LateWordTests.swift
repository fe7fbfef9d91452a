import FlowModel
import Sessions
import Testing

/// Words that come late, again, or about what the table does not hold.
struct LateWordTests {
    /// While somebody's reliable listener is stalled, the kernel sends each end to everybody over and over.
    @Test
    func anEndThatIsRepeatedForLongIsToldOnce() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.conntrack(.destroy, .entry(1))
        for _ in 0..<100 {
            monitor.wait(seconds: 0.1)
            monitor.conntrack(.destroy, .entry(1))
        }
        #expect(monitor.told == ["start", "end by event"])
    }

    @Test
    func aRowDoesNotUndoWhatAnEventToldSinceTheDumpBegan() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1) { $0.tcpState = TCPState(rawValue: 3) })
        monitor.take(.dumpBegan(DumpStart(cause: .overrun)))
        monitor.conntrack(
            .update,
            .entry(1) {
                $0.tcpState = TCPState(rawValue: 7)
                $0.mark = 5
            })
        monitor.conntrack(
            .dumpRow,
            .entry(1) { $0.tcpState = TCPState(rawValue: 3) }.counting(Counters(packetCount: 2, byteCount: 100)))
        monitor.take(.dumpEnded(DumpEnd(isComplete: true)))
        #expect(monitor.session?.record.tcpState == TCPState(rawValue: 7))
        #expect(monitor.session?.record.mark == 5)
        #expect(monitor.session?.counters?.original.byteCount == 100, "which no event tells")
        #expect(monitor.resyncs.last?.correctedCount == 0)
    }

    @Test
    func anUpdateBeforeItsRowDoesNotMakeAnOldSessionNew() {
        let monitor = Monitor { $0.tellsInitial = false }
        monitor.take(.dumpBegan(DumpStart(cause: .initial)))
        monitor.conntrack(.update, .entry(1))
        monitor.conntrack(.dumpRow, .entry(1))
        monitor.take(.dumpEnded(DumpEnd(isComplete: true)))
        #expect(monitor.told.isEmpty)
    }

    @Test
    func whatOnlyTheSecondDumpShowsIsNoNewerForThat() {
        let monitor = Monitor { $0.tellsInitial = false }
        monitor.dump([.entry(1)], cause: .initial, isComplete: false)
        monitor.dump([.entry(1), .entry(2, .tcp(.client, 1, .server, 2))], cause: .overrun)
        #expect(monitor.starts.isEmpty)
        monitor.dump([.entry(1), .entry(2, .tcp(.client, 1, .server, 2)), .entry(3, .tcp(.client, 2, .server, 2))])
        #expect(
            monitor.starts.map(\.record.conntrackID) == [3], "after a complete dump a session not shown before is new")
    }

    @Test
    func aRowThatCannotBeReadEndsNoSession() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        for _ in 0..<5 {
            monitor.take(.dumpBegan(DumpStart(cause: .periodic)))
            monitor.lose(1, .malformed)
            monitor.take(.dumpEnded(DumpEnd(isComplete: true)))
            #expect(monitor.wantedDump == nil, "it would not be read the next time either")
            monitor.wait(seconds: 10)
        }
        #expect(monitor.ends.isEmpty)
        #expect(!monitor.summary.isComplete)
    }

    @Test
    func aPacketWhoseSessionsBeginningWasLostIsJoinedWithItsEnd() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.packet(.web) {
            $0.opensConnection = true
            $0.path.inInterface = 3
        }
        monitor.conntrack(.destroy, .entry(1))
        monitor.wait(seconds: 200)
        #expect(monitor.told == ["start", "end by event"])
        #expect(monitor.ends.first?.session.nflog?.ingress == 3)
    }
}
