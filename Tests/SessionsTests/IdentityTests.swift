import FlowModel
import Testing

/// Who a session is, after a second dump and after a restart of nfmon.
struct IdentityTests {
    /// The kernel stamps the entry's start some microseconds beside its NEW, and only dumps and DESTROY carry that.
    private static let start = Timestamp(nanoseconds: Monitor.epoch.nanoseconds + 20_000)

    private func row(_ bytes: UInt64) -> ConntrackEntry {
        var row = ConntrackEntry.entry(1).counting(Counters(packetCount: 1, byteCount: bytes))
        row.start = Self.start
        return row
    }

    @Test
    func whoWasToldWithAStartKeepsItToItsEnd() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1) { $0.eventTime = Monitor.epoch })
        monitor.dump([row(60)])
        monitor.conntrack(.update, .entry(1) { $0.mark = 7 })
        monitor.conntrack(.destroy, row(120))
        #expect(monitor.told == ["start", "update", "end by event"])
        let sessions = monitor.events.map(\.session)
        #expect(sessions.allSatisfy { $0.start == Monitor.epoch }, "the stream names a session by identity and start")
        #expect(Set(sessions.map(\.record.id)).count == 1)
    }

    @Test
    func afterARestartTheIdentityIsTheSameAndTheStartTheKernels() {
        let before = Monitor()
        before.conntrack(.new, .entry(1) { $0.eventTime = Monitor.epoch })
        let after = Monitor()
        after.wait(seconds: 60)
        after.dump([row(60)], cause: .initial)
        #expect(after.session?.record.id == before.session?.record.id)
        #expect(after.session?.start == Self.start)
        after.conntrack(.destroy, row(120))
        #expect(after.ends.first?.session.record.id == before.session?.record.id)
        #expect(after.ends.first?.session.start == Self.start)
    }
}
