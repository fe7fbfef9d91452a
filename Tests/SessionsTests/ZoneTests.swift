import FlowModel
import Sessions
import Testing

/// Zones let the same addresses and ports mean several connections.
struct ZoneTests {
    @Test
    func theSameTupleInTwoZonesIsTwoSessions() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1, FlowKey.web.inZone(1)))
        monitor.conntrack(.new, .entry(2, FlowKey.web.inZone(2)))
        #expect(monitor.summary.sessionCount == 2)
        #expect(monitor.told == ["start", "start"])
        monitor.conntrack(.destroy, .entry(1, FlowKey.web.inZone(1)))
        #expect(monitor.session?.record.original.zone == 2)
    }

    @Test
    func aPacketThatSeveralZonesCouldOwnIsCountedAndGuessedForNone() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1, FlowKey.web.inZone(1)))
        monitor.conntrack(.new, .entry(2, FlowKey.web.inZone(2)))
        monitor.packet(.web)
        monitor.packet(FlowKey.web.inverse)
        monitor.wait(seconds: 0.25)
        #expect(monitor.summary.ambiguousPackets == 2)
        #expect(monitor.summary.sessionCount == 2)
        #expect(monitor.sessions.allSatisfy { $0.nflog == nil })
        #expect(!monitor.summary.isComplete)
    }

    /// The packet's own session is in the zone whose word has not come yet.
    @Test
    func aPacketOfOneZoneIsNotTakenForAnothersThatConntrackToldOfBefore() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(9, FlowKey.tcp(.inner, 1, .server, 2).inZone(2)))
        monitor.conntrack(.new, .entry(1, FlowKey.web.inZone(1)))
        monitor.packet(.web)
        monitor.wait(seconds: 0.1)
        monitor.conntrack(.new, .entry(2, FlowKey.web.inZone(2)))
        monitor.wait(seconds: 0.15)
        #expect(monitor.summary.ambiguousPackets == 1)
        #expect(monitor.sessions.allSatisfy { $0.nflog == nil })
    }

    @Test
    func ofMorePacketsThanCanBeHeldTheFirstIsTakenIn() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1, FlowKey.web.inZone(1)))
        monitor.conntrack(.new, .entry(2, FlowKey.tcp(.inner, 1, .server, 2).inZone(2)))
        for _ in 0..<65_536 { monitor.packet(.web) }
        #expect(monitor.sessions.allSatisfy { $0.nflog == nil })
        monitor.packet(.web)
        #expect(monitor.sessions.first { $0.record.conntrackID == 1 }?.nflog?.counters.total.packetCount == 1)
    }

    @Test
    func aPacketFindsTheOnlyZoneThatKnowsItsTuple() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1, FlowKey.web.inZone(7)))
        monitor.packet(FlowKey.web.inverse)
        #expect(monitor.session?.nflog?.counters.reply.packetCount == 1)
    }

    @Test
    func aDirectionalZoneIsThatOfItsTupleAlone() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1, FlowKey.web.inZone(3), reply: FlowKey.web.inverse))
        monitor.packet(.web)
        monitor.packet(FlowKey.web.inverse)
        monitor.wait(seconds: 0.25)
        #expect(monitor.session?.nflog?.counters.total.packetCount == 2)
        #expect(monitor.session?.record.isTranslated == false, "a zone is no translation")
    }
}
