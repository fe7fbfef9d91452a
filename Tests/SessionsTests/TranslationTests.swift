import FlowModel
import Sessions
import Testing

/// Both tuples find the session: a packet may be logged before or after translation, in either direction.
struct TranslationTests {
    struct Translation: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var original: FlowKey
        var reply: FlowKey
        /// What packets of the first direction show, from where they come in to where they leave.
        var forward: [FlowKey]

        /// Both directions' packets with their tuples, and a hook at which they show them.
        var shown: [(key: FlowKey, hook: UInt8, isForward: Bool)] {
            let (wayIn, between, wayOut): (UInt8, UInt8, UInt8) = (0, 2, 4)  // PREROUTING, FORWARD, POSTROUTING
            return forward.enumerated().flatMap { place, key in
                let isFirst = place == 0
                let isLast = place == forward.count - 1
                let hook = isFirst == isLast ? between : isFirst ? wayIn : wayOut
                let back = isFirst == isLast ? between : isFirst ? wayOut : wayIn
                return [(key, hook, true), (key.inverse, back, false)]
            }
        }
    }

    static let ports: [Translation] = [
        Translation(testDescription: "none", original: .web, reply: FlowKey.web.inverse, forward: [.web]),
        Translation(
            testDescription: "source", original: .web, reply: .tcp(.server, 443, .firewall, 40001),
            forward: [.web, .tcp(.firewall, 40001, .server, 443)]),
        Translation(
            testDescription: "source port alone", original: .web, reply: .tcp(.server, 443, .client, 40001),
            forward: [.web, .tcp(.client, 40001, .server, 443)]),
        Translation(
            testDescription: "destination", original: .tcp(.server, 50000, .firewall, 80),
            reply: .tcp(.inner, 8080, .server, 50000),
            forward: [.tcp(.server, 50000, .firewall, 80), .tcp(.server, 50000, .inner, 8080)]),
        Translation(
            testDescription: "both, a hairpin", original: .tcp(.client, 50000, .firewall, 80),
            reply: .tcp(.inner, 8080, .firewall, 40001),
            forward: [
                .tcp(.client, 50000, .firewall, 80), .tcp(.client, 50000, .inner, 8080),
                .tcp(.firewall, 40001, .inner, 8080),
            ]),
    ]

    static let pings: [Translation] = {
        func ping(_ source: IPAddress, _ identifier: UInt16, _ destination: IPAddress) -> FlowKey {
            FlowKey(
                source: source, destination: destination, sourcePort: identifier, destinationPort: 8 << 8,
                transport: .icmp, family: .ipv4)
        }
        return [
            Translation(
                testDescription: "ping, none", original: ping(.client, 7, .server),
                reply: ping(.client, 7, .server).inverse, forward: [ping(.client, 7, .server)]),
            Translation(
                testDescription: "ping, source and identifier", original: ping(.client, 7, .server),
                reply: ping(.firewall, 9, .server).inverse,
                forward: [ping(.client, 7, .server), ping(.firewall, 9, .server)]),
            Translation(
                testDescription: "ping, both", original: ping(.client, 7, .firewall),
                reply: ping(.firewall, 7, .inner).inverse,
                forward: [ping(.client, 7, .firewall), ping(.client, 7, .inner), ping(.firewall, 7, .inner)]),
        ]
    }()

    @Test(arguments: ports + pings)
    func aPacketFindsItsSessionBeforeAndAfterTranslationInBothDirections(_ translation: Translation) {
        for (key, hook, isForward) in translation.shown {
            let monitor = Monitor()
            monitor.conntrack(.new, .entry(1, translation.original, reply: translation.reply))
            monitor.packet(key) {
                ($0.path.inInterface, $0.path.outInterface) = isForward ? (2, 3) : (3, 2)
                $0.hook = hook
            }
            let lane = monitor.session?.nflog
            #expect(lane?.counters.original.packetCount == (isForward ? 1 : 0))
            #expect(lane?.counters.reply.packetCount == (isForward ? 0 : 1))
            #expect(lane?.ingress == 2)
            #expect(lane?.egress == 3)
            #expect(monitor.summary.packetSessionCount == 0)
        }
    }

    @Test(arguments: ports + pings)
    func whereverItsFirstPacketWasSeenTheSessionIsAdoptedWhenConntrackTellsOfIt(_ translation: Translation) {
        for (key, hook, isForward) in translation.shown {
            let monitor = Monitor()
            monitor.packet(key) { ($0.path.inInterface, $0.hook) = (2, hook) }
            monitor.conntrack(.new, .entry(1, translation.original, reply: translation.reply))
            #expect(monitor.told == ["start"])
            #expect(monitor.session?.record.id == SessionID(conntrackID: 1, original: translation.original))
            #expect(monitor.session?.nflog?.counters.original.packetCount == (isForward ? 1 : 0))
            #expect(monitor.session?.nflog?.counters.reply.packetCount == (isForward ? 0 : 1))
            #expect(monitor.session?.nflog?.path(of: isForward ? .original : .reply).inInterface == 2)
        }
    }

    @Test(arguments: ports + pings)
    func nothingIsFoundAWhileAfterTheEnd(_ translation: Translation) {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1, translation.original, reply: translation.reply))
        monitor.conntrack(.destroy, .entry(1, translation.original, reply: translation.reply))
        monitor.wait(seconds: 1)
        for (number, key) in translation.forward.enumerated() {
            monitor.packet(key)
            #expect(monitor.summary.packetSessionCount == number + 1)
        }
    }

    @Test
    func aTranslationThatComesLaterIsFoundAndTheOldOneIsNot() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1, reply: .tcp(.server, 443, .firewall, 40001)))
        monitor.conntrack(.update, .entry(1, reply: .tcp(.server, 443, .firewall, 40002)))
        monitor.packet(.tcp(.firewall, 40002, .server, 443)) { $0.hook = 4 }
        #expect(monitor.session?.nflog?.counters.original.packetCount == 1)
        monitor.packet(.tcp(.firewall, 40001, .server, 443)) { $0.hook = 4 }
        #expect(monitor.summary.packetSessionCount == 1)
    }

    @Test
    func theConntrackEntryAttachedToAPacketIsTheExactWay() {
        let original = FlowKey.web.inZone(4)
        let reply = FlowKey.tcp(.server, 443, .firewall, 40001).inZone(4)
        let seen: [(FlowKey, isReply: Bool)] = [
            (.web, false), (.tcp(.firewall, 40001, .server, 443), false), (FlowKey.web.inverse, true),
            (reply.withoutZone, true),
        ]
        for (key, isReply) in seen {
            let monitor = Monitor()
            monitor.conntrack(.new, .entry(1, original, reply: reply))
            monitor.conntrack(.new, .entry(2, original.inZone(5), reply: reply.inZone(5)))
            monitor.packet(key) { ($0.conntrackOriginal, $0.conntrackID) = (original, 1) }
            let lane = monitor.sessions.first { $0.record.conntrackID == 1 }?.nflog
            #expect(lane?.counters.original.packetCount == (isReply ? 0 : 1))
            #expect(lane?.counters.reply.packetCount == (isReply ? 1 : 0))
            #expect(monitor.summary.ambiguousPackets == 0)
        }
    }

    /// The packets come before conntrack's word, and each zone's session has the same tuple.
    @Test
    func packetsWithTheirEntryAttachedWaitForItAndForNoOther() {
        let monitor = Monitor()
        for id in [1, 2] as [UInt32] {
            let original = FlowKey.web.inZone(UInt16(id))
            for _ in 0..<id { monitor.packet(.web) { ($0.conntrackOriginal, $0.conntrackID) = (original, id) } }
        }
        for id in [2, 1] as [UInt32] { monitor.conntrack(.new, .entry(id, FlowKey.web.inZone(UInt16(id)))) }
        #expect(monitor.sessions.count == 2)
        for session in monitor.sessions {
            #expect(session.nflog?.counters.original.packetCount == UInt64(session.record.conntrackID))
        }
    }

    @Test
    func theKernelsWordOfTheDirectionGoesBeforeThePacketsTuple() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.packet(.web) { ($0.conntrackOriginal, $0.conntrackID, $0.conntrackDirection) = (.web, 1, .reply) }
        #expect(monitor.session?.nflog?.counters.reply.packetCount == 1)
    }

    /// Both ends have one address: only the ports tell the direction.
    @Test
    func theDirectionsOfAConnectionToItselfAreTold() {
        let loop = FlowKey.tcp(.client, 50000, .client, 80)
        for attached in [nil, loop] as [FlowKey?] {
            let monitor = Monitor()
            monitor.conntrack(.new, .entry(1, loop))
            monitor.packet(loop) { $0.conntrackOriginal = attached }
            monitor.packet(loop.inverse) { $0.conntrackOriginal = attached }
            #expect(monitor.session?.nflog?.counters.original.packetCount == 1)
            #expect(monitor.session?.nflog?.counters.reply.packetCount == 1)
        }
    }
}
