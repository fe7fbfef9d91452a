import FlowModel
import Sessions
import Testing

/// What rules drop and reject: attempts, which are sessions of their own, and packets of sessions that pass.
struct DenialTests {
    private static let rule = NameID(rawValue: 5)
    private static let otherRule = NameID(rawValue: 6)

    private static func attempt(_ sourcePort: UInt16, _ port: UInt16 = 22) -> FlowKey {
        .tcp(.client, sourcePort, .server, port)
    }

    private func deny(_ monitor: Monitor, _ key: FlowKey, _ rule: NameID = rule, _ verdict: Verdict = .drop) {
        monitor.packet(key) { ($0.verdict, $0.rule, $0.opensConnection) = (verdict, rule, true) }
    }

    // MARK: Attempts

    @Test
    func aDeniedPacketIsToldAtOnceAndAgainWhenThereAreTwiceAsMany() {
        let monitor = Monitor()
        for _ in 0..<3 { deny(monitor, Self.attempt(40001)) }
        #expect(monitor.told == ["denied", "update"])
        #expect(monitor.session?.nflog?.counters.original == Counters(packetCount: 3, byteCount: 300))
        #expect(monitor.session?.verdict == .drop)
        #expect(monitor.session?.rule == Self.rule)
        #expect(monitor.session?.record.source(port: 40001) == true)
    }

    @Test
    func attemptsFromSeveralPortsAreOneSession() {
        let monitor = Monitor()
        let first = monitor.now
        for port in 40001...40005 as ClosedRange<UInt16> {
            deny(monitor, Self.attempt(port))
            monitor.wait(seconds: 1)
        }
        #expect(monitor.told == ["denied", "update", "update"])
        let denial = monitor.session?.denials.first
        #expect(denial?.count == 5)
        #expect(denial?.first == first)
        #expect(denial?.last.nanoseconds(since: first) == 4_000_000_000)
        #expect(monitor.session?.record.hasSourcePort == false, "it varies")
        #expect(monitor.session?.record.original.destinationPort == 22)
        monitor.wait(seconds: 120)
        #expect(monitor.told == ["denied", "update", "update", "end by timeout"])
        #expect(monitor.ends.first?.session.denials.first?.count == 5)
        #expect(monitor.sessions.isEmpty)
    }

    @Test
    func attemptsThatGoOnAreToldAgainAndAtTheEndWithTheirNumber() {
        let monitor = Monitor()
        for _ in 0..<1000 { deny(monitor, Self.attempt(40001)) }
        monitor.finish()
        let told = monitor.events.map { $0.session.denials.packetCount }
        #expect(told == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000])
    }

    @Test
    func eachRuleHasItsOwnAttempts() {
        let monitor = Monitor()
        deny(monitor, Self.attempt(1))
        deny(monitor, Self.attempt(2), Self.otherRule)
        deny(monitor, Self.attempt(3), Self.rule, .reject)
        #expect(monitor.told == ["denied", "denied", "denied"])
    }

    @Test
    func thePacketThatAnotherRuleLoggedBeforeIsTheAttemptAndNoSessionBesideIt() {
        let monitor = Monitor()
        monitor.packet(Self.attempt(1)) { ($0.path.inInterface, $0.rule) = (2, NameID(rawValue: 9)) }
        monitor.packet(Self.attempt(1)) {
            ($0.verdict, $0.rule, $0.path.outInterface, $0.hook) = (.drop, Self.rule, 3, 2)
        }
        monitor.wait(seconds: 1)
        #expect(monitor.told == ["denied"])
        #expect(monitor.session?.nflog?.ingress == 2)
        #expect(monitor.session?.nflog?.egress == 3)
        #expect(monitor.session?.rule == Self.rule)
    }

    @Test
    func theTablesBoundHoldsUnderAFloodOfAttempts() {
        let monitor = Monitor { $0.maximumDeniedSessions = 100 }
        for number in 0..<5000 as Range<UInt32> {
            deny(monitor, .tcp(IPAddress(ipv4: 0x0a01_0000 + number), 1, .server, 443))
        }
        #expect(monitor.summary.sessionCount == 100)
        #expect(monitor.summary.evictedCount == 4900)
        #expect(monitor.told.count { $0 == "denied" } == 5000)
    }

    // MARK: Scans

    @Test
    func aScanIsOneSessionBeyondItsFirstPorts() {
        let monitor = Monitor()
        for number in 1...60_000 as ClosedRange<UInt16> { deny(monitor, Self.attempt(number ^ 0x5555, number)) }
        #expect(monitor.summary.sessionCount == 17)
        #expect(monitor.told.count { $0 == "denied" } == 17)
        #expect(monitor.summary.evictedCount == 0)
        let scan = monitor.sessions.first { $0.record.facts.contains(.destinationPortVaries) }
        #expect(scan?.denials.first?.count == 59_984)
        #expect(scan?.denials.scannedPorts == 17...60_000)
        #expect(scan?.record.hasDestinationPort == false)
        #expect(monitor.sessions.reduce(0) { $0 + $1.denials.packetCount } == 60_000, "each packet once")
        monitor.wait(seconds: 121)
        #expect(monitor.sessions.isEmpty)
        deny(monitor, Self.attempt(1))
        #expect(monitor.session?.record.hasDestinationPort == true, "the scan is over, and a new attempt is none")
    }

    @Test
    func scansOfOtherHostsAreOtherSessions() {
        let monitor = Monitor()
        for port in 1...20 as ClosedRange<UInt16> {
            deny(monitor, .tcp(.client, 1, .server, port))
            deny(monitor, .tcp(.client, 1, .inner, port))
        }
        #expect(monitor.summary.sessionCount == 34)
    }

    // MARK: Later

    @Test
    func anAttemptIsLinkedToTheSessionThatGotThroughLater() {
        let monitor = Monitor { $0.hasNFLog = true }
        for port in [40001, 40002] as [UInt16] { deny(monitor, Self.attempt(port)) }
        monitor.wait(seconds: 5)
        monitor.conntrack(.new, .entry(1, Self.attempt(40003)))
        monitor.wait(seconds: 0.25)
        #expect(monitor.told == ["denied", "update", "start", "update"])
        let attempts = monitor.sessions.first { $0.record.conntrackID == 0 }
        #expect(attempts?.denials.later?.id == monitor.starts.first?.record.id)
        #expect(attempts?.denials.later?.start == monitor.starts.first?.start)
        #expect(attempts?.denials.first?.count == 2)
        monitor.conntrack(.new, .entry(2, Self.attempt(40004)))
        monitor.wait(seconds: 1)
        #expect(monitor.told == ["denied", "update", "start", "update", "start"], "the first one stays")
    }

    /// NFLOG gathers packets for a moment, conntrack tells at once.
    @Test
    func anAttemptThatIsHeardOfAfterTheSessionIsLinkedToIt() {
        let monitor = Monitor { $0.hasNFLog = true }
        let before = monitor.now
        monitor.wait(seconds: 0.01)
        monitor.conntrack(.new, .entry(1, Self.attempt(40003)))
        monitor.conntrack(.destroy, .entry(1, Self.attempt(40003)))
        monitor.wait(seconds: 0.1)
        monitor.packet(Self.attempt(40001)) { ($0.verdict, $0.rule, $0.time) = (.drop, Self.rule, before) }
        monitor.wait(seconds: 0.15)
        #expect(monitor.session?.denials.later?.id == monitor.starts.first?.record.id)
    }

    @Test
    func anAttemptBehindATranslatedDestinationIsLinkedToo() {
        let monitor = Monitor { $0.hasNFLog = true }
        deny(monitor, .tcp(.server, 1, .inner, 8080))
        monitor.wait(seconds: 0.001)
        monitor.conntrack(
            .new, .entry(1, .tcp(.server, 2, .firewall, 80), reply: .tcp(.inner, 8080, .server, 2)))
        monitor.wait(seconds: 0.25)
        #expect(monitor.sessions.contains { $0.denials.later != nil })
    }

    @Test
    func aScanThatFoundAnOpenPortIsLinkedToIt() {
        let monitor = Monitor { $0.hasNFLog = true }
        for port in 1...100 as ClosedRange<UInt16> where port != 80 { deny(monitor, Self.attempt(40001, port)) }
        monitor.wait(seconds: 0.001)
        monitor.conntrack(.new, .entry(1, Self.attempt(40001, 80)))
        monitor.wait(seconds: 0.25)
        #expect(monitor.sessions.count { $0.denials.later != nil } == 1)
        monitor.conntrack(.new, .entry(2, Self.attempt(40001, 101)))
        monitor.wait(seconds: 0.25)
        #expect(monitor.sessions.count { $0.denials.later != nil } == 1)
    }

    @Test
    func aSessionFromBeforeTheAttemptIsNoLaterOne() {
        let monitor = Monitor { $0.hasNFLog = true }
        monitor.wait(seconds: 10)
        deny(monitor, Self.attempt(1))
        let start = Timestamp(nanoseconds: monitor.now.nanoseconds - 5_000_000_000)
        monitor.conntrack(.dumpRow, .entry(1, Self.attempt(2)) { $0.start = start })
        monitor.wait(seconds: 0.25)
        #expect(monitor.sessions.allSatisfy { $0.denials.later == nil })
    }

    // MARK: Within a session

    @Test
    func aDenialWithinATrackedSessionIsToldOfThatSession() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.packet(.web) { $0.verdict = .drop }
        #expect(monitor.told == ["start", "denied"])
        #expect(monitor.session?.record.facts.contains(.denied) == true)
    }

    @Test
    func aSessionKeepsTheRuleThatLetItInAndEveryRuleThatDeniedIt() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1))
        monitor.packet(.web) { $0.rule = NameID(rawValue: 8) }
        monitor.packet(.web) { ($0.verdict, $0.rule) = (.accept, NameID(rawValue: 9)) }
        deny(monitor, .web)
        deny(monitor, .web, Self.otherRule, .reject)
        deny(monitor, .web)
        #expect(monitor.session?.rule == NameID(rawValue: 9))
        #expect(monitor.session?.verdict == .accept)
        #expect(monitor.session?.denials.map(\.rule) == [Self.rule, Self.otherRule])
        #expect(monitor.session?.denials.map(\.count) == [2, 1])
        #expect(monitor.told == ["start", "update", "denied", "denied"])
        #expect(monitor.session?.denials.packetCount == 3)
        monitor.conntrack(.destroy, .entry(1))
        #expect(monitor.ends.first?.session.denials.count == 2)
    }

    @Test
    func placesOfDenialsAreUsedAgain() {
        let monitor = Monitor()
        for id in 1...1000 as ClosedRange<UInt32> {
            monitor.conntrack(.new, .entry(id))
            for rule in 5...8 as ClosedRange<UInt16> { deny(monitor, .web, NameID(rawValue: rule)) }
            #expect(monitor.session?.denials.count == 4)
            monitor.conntrack(.destroy, .entry(id))
        }
        #expect(monitor.sessions.isEmpty)
    }
}

extension SessionRecord {
    fileprivate func source(port: UInt16) -> Bool { hasSourcePort && original.sourcePort == port }
}
