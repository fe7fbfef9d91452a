import FlowModel
import Sessions
import Testing

struct LimitTests {
    @Test
    func aFullTableRefusesNewSessionsAndCountsThem() {
        let monitor = Monitor { $0.maximumSessions = 2 }
        for id in 1...4 as ClosedRange<UInt32> {
            monitor.conntrack(.new, .entry(id, .tcp(.client, UInt16(id), .server, 443)))
        }
        monitor.packet(.web)
        #expect(monitor.summary.sessionCount == 2)
        #expect(monitor.summary.refusedCount == 3)
        #expect(!monitor.summary.isComplete)
        monitor.conntrack(.update, .entry(1, .tcp(.client, 1, .server, 443)) { $0.mark = 7 })
        #expect(monitor.told.last == "update", "those that it has go on")
    }

    @Test
    func aPlaceThatBecomesFreeIsUsedAgain() {
        let monitor = Monitor { $0.maximumSessions = 1 }
        for id in 1...100 as ClosedRange<UInt32> {
            let entry = ConntrackEntry.entry(id, .tcp(.client, UInt16(id), .server, 443))
            monitor.conntrack(.new, entry)
            monitor.conntrack(.destroy, entry)
        }
        #expect(monitor.summary.refusedCount == 0)
        #expect(monitor.told.count == 200)
    }

    @Test
    func aWaitingPacketsSessionIsAdoptedByAFullTable() {
        let monitor = Monitor { $0.maximumSessions = 1 }
        monitor.packet(.web)
        monitor.conntrack(.new, .entry(1))
        #expect(monitor.summary.refusedCount == 0)
        #expect(monitor.summary.conntrackSessionCount == 1)
    }

    @Test
    func whoeverWantsNoEventsGetsTheTableAlone() {
        let monitor = Monitor { $0.tellsEvents = false }
        monitor.dump([.entry(1)], cause: .initial)
        monitor.lose(1)
        monitor.packet(.tcp(.client, 1, .server, 2)) { $0.verdict = .drop }
        #expect(monitor.told.isEmpty)
        #expect(monitor.summary.sessionCount == 2)
    }
}
