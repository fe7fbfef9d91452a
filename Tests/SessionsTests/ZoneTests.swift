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
        #expect(monitor.summary.ambiguousPackets == 2)
        #expect(monitor.summary.sessionCount == 2)
        #expect(monitor.sessions.allSatisfy { $0.nflog == nil })
        #expect(!monitor.summary.isComplete)
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
        #expect(monitor.session?.nflog?.counters.total.packetCount == 2)
        #expect(monitor.session?.record.isTranslated == false, "a zone is no translation")
    }
}
