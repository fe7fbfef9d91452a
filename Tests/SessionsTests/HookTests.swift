import FlowModel
import Sessions
import Testing

/// Where a packet was logged tells at which stage of its translation it was: two sessions may show one tuple.
struct HookTests {
    private static let (prerouting, input, forward, output, postrouting): (UInt8, UInt8, UInt8, UInt8, UInt8) =
        (0, 1, 2, 3, 4)

    /// A client's connection behind the firewall's address and the port that ``own`` began with.
    private static let behind = ConntrackEntry.entry(1, reply: .tcp(.server, 443, .firewall, 40001))
    /// The firewall's own connection, whose port the kernel had to change.
    private static let own = ConntrackEntry.entry(
        2, .tcp(.firewall, 40001, .server, 443), reply: .tcp(.server, 443, .firewall, 50001))

    private func monitor(_ entries: ConntrackEntry...) -> Monitor {
        let monitor = Monitor()
        for entry in entries { monitor.conntrack(.new, entry) }
        return monitor
    }

    /// Packets that were counted, by conntrack's id.
    private func counts(_ monitor: Monitor) -> [UInt32: UInt64] {
        var counts: [UInt32: UInt64] = [:]
        for session in monitor.sessions {
            counts[session.record.conntrackID] = session.nflog?.counters.total.packetCount ?? 0
        }
        return counts
    }

    @Test
    func aTupleThatTwoSessionsShowIsThatOfTheOneThatShowsItAtTheHook() {
        let monitor = monitor(Self.behind, Self.own)
        monitor.packet(Self.own.original) { $0.hook = Self.output }
        monitor.packet(Self.own.original.inverse) { $0.hook = Self.input }
        monitor.packet(Self.own.original) { $0.hook = Self.output }
        #expect(counts(monitor) == [1: 0, 2: 3])
        #expect(monitor.summary.ambiguousPackets == 0)
    }

    @Test
    func whereBothMayShowItTheTupleIsGuessedForNeither() {
        let monitor = monitor(Self.behind, Self.own)
        monitor.packet(Self.own.original) { $0.hook = Self.postrouting }
        monitor.packet(Self.own.original.inverse) { $0.hook = Self.prerouting }
        #expect(counts(monitor) == [1: 0, 2: 0])
        #expect(monitor.summary.ambiguousPackets == 2)
    }

    @Test
    func aPacketThatIsEarlierThanItsSessionIsNotTheOtherOnes() {
        let monitor = monitor(Self.behind)
        monitor.packet(Self.own.original) { $0.hook = Self.output }
        monitor.conntrack(.new, Self.own)
        #expect(monitor.told == ["start", "start"])
        #expect(counts(monitor) == [1: 0, 2: 1])
    }

    @Test
    func conntracksWordIsNotTakenForThatAboutAnotherSessionsPackets() {
        let monitor = monitor()
        monitor.packet(Self.own.original) { $0.hook = Self.output }
        monitor.conntrack(.new, Self.behind)
        monitor.conntrack(.new, Self.own)
        #expect(monitor.told == ["start", "start"])
        #expect(counts(monitor) == [1: 0, 2: 1])
    }

    /// IPVS translates destinations at INPUT.
    @Test
    func aPacketWhereItWasNotExpectedIsThatOfTheOnlySessionWithItsTupleOnceNoOtherWasTold() {
        let entry = ConntrackEntry.entry(
            1, .tcp(.server, 50000, .firewall, 80), reply: .tcp(.inner, 8080, .server, 50000))
        let monitor = monitor(entry)
        for _ in 0..<2 { monitor.packet(entry.original) { ($0.hook, $0.path.inInterface) = (Self.input, 2) } }
        #expect(counts(monitor)[1] == 0)
        monitor.wait(seconds: 0.5)
        #expect(counts(monitor) == [1: 2])
        #expect(monitor.session?.nflog?.ingress == 2)
        #expect(monitor.told == ["start", "update"])
    }

    @Test
    func packetsOfBothDirectionsAreOneSessionThoughBothCameBeforeConntracksWord() {
        let shown: [(UInt8, [FlowKey])] = [
            (Self.prerouting, [Self.behind.original, Self.behind.reply]),
            (Self.postrouting, [Self.behind.reply.inverse, Self.behind.original.inverse]),
        ]
        for (hook, keys) in shown {
            let monitor = monitor()
            monitor.packet(keys[0]) { ($0.hook, $0.path.inInterface) = (hook, 2) }
            for _ in 0..<2 { monitor.packet(keys[1]) { ($0.hook, $0.path.inInterface) = (hook, 3) } }
            monitor.conntrack(.new, Self.behind)
            monitor.wait(seconds: 1)
            #expect(monitor.told == ["start"])
            let lane = monitor.session?.nflog
            #expect(lane?.counters.original.packetCount == 1)
            #expect(lane?.counters.reply.packetCount == 2)
            #expect(lane?.originalPath.inInterface == 2 && lane?.replyPath.inInterface == 3)
        }
    }

    @Test
    func ofPacketsThatCameBeforeConntracksWordOnlyThoseOfOnePlaceCount() {
        let hairpin = ConntrackEntry.entry(
            1, .tcp(.client, 50000, .firewall, 80), reply: .tcp(.inner, 8080, .firewall, 40001))
        let monitor = monitor()
        monitor.packet(.tcp(.client, 50000, .firewall, 80)) { $0.hook = Self.prerouting }
        monitor.packet(.tcp(.client, 50000, .inner, 8080)) { ($0.hook, $0.path.outInterface) = (Self.forward, 3) }
        monitor.conntrack(.new, hairpin)
        monitor.wait(seconds: 1)
        #expect(monitor.told == ["start"])
        #expect(monitor.session?.nflog?.counters.original.packetCount == 1)
        #expect(monitor.session?.nflog?.egress == 3)
    }
}
