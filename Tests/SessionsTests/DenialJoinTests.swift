import FlowModel
import Sessions
import Testing

/// Denied packets beside what else was logged: of the same packet, of its session, or of nothing.
struct DenialJoinTests {
    private static let rule = NameID(rawValue: 5)
    private static let logRule = NameID(rawValue: 9)

    // MARK: ICMP errors: whoever sends them chooses the tuple that they quote

    @Test
    func aDeniedErrorAboutNothingInventsNoAttempt() {
        let monitor = Monitor()
        monitor.packet(.web) { ($0.isICMPError, $0.verdict, $0.rule) = (true, .drop, Self.rule) }
        #expect(monitor.sessions.isEmpty)
        #expect(monitor.summary.strayErrorCount == 1)
        #expect(monitor.told == [])
    }

    @Test
    func aDeniedErrorDoesNotTurnAWaitingSessionIntoAnAttempt() {
        let monitor = Monitor()
        monitor.packet(.web) { ($0.verdict, $0.rule, $0.opensConnection) = (.accept, Self.logRule, true) }
        monitor.packet(.web) { ($0.isICMPError, $0.verdict, $0.rule) = (true, .drop, Self.rule) }
        monitor.conntrack(.new, .entry(1))
        monitor.wait(seconds: 1)
        #expect(monitor.session?.nflog?.counters.original.packetCount == 1)
        #expect(monitor.session?.rule == Self.logRule)
    }

    // MARK: The same packet, or another one

    @Test
    func aDeniedAnswerDoesNotSwallowTheLoggedPacket() {
        let monitor = Monitor()
        monitor.packet(.web) {
            ($0.verdict, $0.rule, $0.opensConnection, $0.path.inInterface, $0.hook, $0.digest) =
                (.accept, Self.logRule, true, 2, 2, 1)
        }
        monitor.wait(seconds: 0.05)
        monitor.packet(FlowKey.web.inverse) {
            ($0.verdict, $0.rule, $0.path.inInterface, $0.hook, $0.digest) = (.drop, Self.rule, 3, 2, 2)
        }
        monitor.conntrack(.new, .entry(1))
        #expect(monitor.session?.nflog?.counters.original.packetCount == 1)
        #expect(monitor.session?.nflog?.originalPath.inInterface == 2)
        #expect(monitor.session?.denials.packetCount == 1)
    }

    @Test
    func aSecondPacketThatIsDeniedIsNotTheFirst() {
        let monitor = Monitor()
        let first = monitor.now
        monitor.packet(.web) {
            ($0.verdict, $0.rule, $0.opensConnection, $0.digest, $0.time) = (.accept, Self.logRule, true, 1, first)
        }
        monitor.wait(seconds: 0.3)
        let second = monitor.now
        monitor.packet(.web) { ($0.verdict, $0.rule, $0.digest, $0.time) = (.drop, Self.rule, 2, second) }
        monitor.wait(seconds: 1)
        #expect(monitor.session?.nflog?.counters.original.packetCount == 2)
        #expect(monitor.session?.rule == Self.logRule)
        #expect(monitor.session?.denials.packetCount == 1)
    }

    @Test
    func theDeniedPacketIsNotWhatGotThroughLater() {
        let monitor = Monitor { ($0.hasConntrack, $0.hasNFLog) = (false, true) }
        let now = monitor.now
        monitor.packet(.web) { ($0.verdict, $0.rule, $0.time) = (.drop, Self.rule, now) }
        monitor.packet(.web) { ($0.rule, $0.time, $0.opensConnection) = (Self.logRule, now, true) }
        monitor.wait(seconds: 1)
        #expect(monitor.sessions.allSatisfy { $0.denials.later == nil })
    }

    @Test
    func attemptsByTwoRulesHaveTwoNamesAndAreLinkedToOneSession() {
        let monitor = Monitor { $0.hasNFLog = true }
        let now = monitor.now
        for rule in [5, 6] as [UInt16] {
            monitor.packet(.tcp(.client, 1, .server, 22)) {
                ($0.verdict, $0.rule, $0.time) = (.drop, NameID(rawValue: rule), now)
            }
        }
        #expect(Set(monitor.sessions.map(\.record.id)).count == 2)
        monitor.wait(seconds: 1)
        monitor.conntrack(.new, .entry(1, .tcp(.client, 2, .server, 22)))
        monitor.wait(seconds: 1)
        let started = monitor.starts.first?.record.id
        #expect(monitor.sessions.count { $0.denials.later?.id == started } == 2)
    }

    @Test
    func anAttemptIsLinkedToASessionThatConntrackDoesNotTrack() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.packet(.tcp(.client, 1, .server, 22)) { ($0.verdict, $0.rule) = (.drop, Self.rule) }
        monitor.wait(seconds: 1)
        monitor.packet(.tcp(.client, 2, .server, 22)) { ($0.rule, $0.opensConnection) = (Self.logRule, true) }
        monitor.wait(seconds: 2)
        #expect(monitor.sessions.contains { $0.denials.later != nil })
    }

    // MARK: Within sessions

    @Test
    func aDenialStaysWithTheSessionThatWaitedUnderAnotherTuple() {
        let original = FlowKey.tcp(.client, 40000, .firewall, 80)
        let reply = FlowKey.tcp(.inner, 8080, .client, 40000)
        let monitor = Monitor()
        for _ in 0..<2 { monitor.packet(original) { ($0.hook, $0.rule) = (0, Self.logRule) } }
        for _ in 0..<2 { monitor.packet(reply.inverse) { ($0.hook, $0.rule) = (4, Self.logRule) } }
        monitor.packet(reply.inverse) { ($0.hook, $0.rule, $0.verdict) = (4, Self.rule, .drop) }
        monitor.conntrack(.new, .entry(1, original, reply: reply))
        monitor.wait(seconds: 1)
        #expect(monitor.session?.denials.packetCount == 1)
        #expect(monitor.session?.record.facts.contains(.denied) == true)
    }

    @Test
    func aDenialThatIsHeardOfAfterTheEndIsToldAllTheSame() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.conntrack(.new, .entry(1))
        monitor.wait(seconds: 5)
        monitor.packet(.web)
        monitor.conntrack(.destroy, .entry(1))
        monitor.packet(.web) {
            ($0.verdict, $0.rule, $0.conntrackOriginal, $0.conntrackID) = (.drop, Self.rule, .web, 1)
        }
        #expect(monitor.told.last == "denied")
    }

    // MARK: Floods

    @Test
    func pingsWithSeveralIdentifiersHaveNone() {
        let monitor = Monitor()
        for identifier in [7, 8] as [UInt16] {
            let key = FlowKey(
                source: .client, destination: .server, sourcePort: identifier, destinationPort: 8 << 8,
                transport: .icmp, family: .ipv4)
            monitor.packet(key) { ($0.verdict, $0.rule) = (.drop, Self.rule) }
        }
        #expect(monitor.session?.record.icmp?.type == 8)
        #expect(monitor.session?.record.icmp?.identifier == nil)
    }

    @Test
    func aScanThatIsEvictedIsCountedUnderAFilterOfOneOfItsPorts() {
        let monitor = Monitor {
            $0.maximumDeniedSessions = 17
            $0.sourceFilter = SourceFilter(.test(SourceTest(.port([.originalDestination], 17...17))))
        }
        // The single ports are used again, so that the scan is the oldest.
        for port in Array(1...17) + Array(1...16) as [UInt16] {
            monitor.packet(.tcp(.client, 1, .server, port)) { ($0.verdict, $0.rule) = (.drop, Self.rule) }
        }
        monitor.packet(.tcp(.inner, 1, .server, 17)) { ($0.verdict, $0.rule) = (.drop, Self.rule) }
        #expect(monitor.summary.evictedCount == 1)
    }

    /// Each with an entry of its own that was dropped before it was confirmed.
    @Test
    func packetsOfOneTupleWithEverNewEntriesAreAHandfulOfSessions() {
        let monitor = Monitor { ($0.hasConntrack, $0.hasNFLog) = (false, true) }
        for id in 1...1000 as ClosedRange<UInt32> {
            monitor.packet(.web) { ($0.conntrackOriginal, $0.conntrackID, $0.opensConnection) = (.web, id, true) }
        }
        #expect(monitor.sessions.count == 8)
        #expect(monitor.sessions.reduce(0) { $0 + ($1.nflog?.counters.total.packetCount ?? 0) } == 1000)
    }

    @Test
    func aMixOfEverythingStaysWithinItsBoundsAndLeavesNothing() {
        let monitor = Monitor { ($0.maximumDeniedSessions, $0.maximumPacketSessions, $0.hasNFLog) = (50, 50, true) }
        var generator = SystemRandomNumberGenerator()
        func number(_ range: Range<UInt16>) -> UInt16 { .random(in: range, using: &generator) }
        for _ in 0..<10_000 {
            let key = FlowKey(
                source: IPAddress(ipv4: 0x0a00_0000 + UInt32(number(0..<4))), destination: .server,
                sourcePort: number(0..<4), destinationPort: number(0..<40),
                transport: [.tcp, .udp, .icmp, .gre][Int(number(0..<4))], family: .ipv4)
            switch number(0..<8) {
            case 0, 1, 2:
                monitor.packet(key) { ($0.verdict, $0.rule) = (.drop, NameID(rawValue: number(5..<8))) }
            case 3: monitor.packet(key) { $0.opensConnection = true }
            case 4: monitor.conntrack(.new, .entry(UInt32(number(1..<100)), key))
            case 5: monitor.conntrack(.destroy, .entry(UInt32(number(1..<100)), key))
            case 6: monitor.wait(seconds: Double(number(0..<2000)) / 1000)
            default:
                monitor.packet(key.inverse) {
                    $0.fragment = PacketObservation.Fragment(identifier: 1, isFirst: number(0..<2) == 0)
                }
            }
            #expect(monitor.summary.packetSessionCount <= 100)
        }
        monitor.wait(seconds: 500)
        #expect(monitor.summary.packetSessionCount == 0)
    }
}
