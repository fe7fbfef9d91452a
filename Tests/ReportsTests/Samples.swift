import FlowModel
import Query
import Reports

/// Sessions and events that the tests write out: an office host behind source NAT, a published server, IPv6, ping, a denied
/// attempt, and one whose counters nobody knows.
struct Samples {
    let table = NameTable()
    private let lan: NameID
    private let wan: NameID
    let rule: NameID
    let deniedRule: NameID
    private let helper: NameID

    init(rule: some Sequence<UInt8> = "lan-out".utf8, interface: some Sequence<UInt8> = "lan0".utf8) {
        lan = table.number(of: interface)
        wan = table.number(of: "wan0".utf8)
        self.rule = table.number(of: rule)
        deniedRule = table.number(of: "ssh-in".utf8)
        helper = table.number(of: "ftp".utf8)
    }

    var names: NameBook { NameBook(names: table.snapshot, interfaces: [2: lan, 3: wan]) }

    /// 2026-01-05T10:11:12.131415Z
    static let now = Timestamp(seconds: 1_767_607_872, nanoseconds: 131_415_926)

    /// The same by the monotonic clock.
    static let monotonicNow: UInt64 = 3_600_000_000_000

    static func before(now nanoseconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: now.nanoseconds - nanoseconds)
    }

    static func address(_ octets: UInt32...) -> IPAddress { IPAddress(ipv4: octets.reduce(0) { $0 << 8 | $1 }) }

    private func session(
        _ id: UInt64, _ original: FlowKey, reply: FlowKey? = nil, age: Int64, facts: SessionFacts
    ) -> Session {
        var record = SessionRecord(
            id: SessionID(rawValue: id), original: original, reply: reply ?? original.inverse,
            start: Self.before(now: age), lastSeen: Self.now)
        record.facts = facts
        return Session(record: record, nflog: nil)
    }

    /// Everything is known: NAT, both lanes, exact totals.
    var complete: Session {
        let original = FlowKey(
            source: Self.address(10, 0, 0, 7), destination: Self.address(198, 51, 100, 9), sourcePort: 51514,
            destinationPort: 443, transport: .tcp, family: .ipv4)
        var reply = original.inverse
        reply.destination = Self.address(192, 0, 2, 1)
        var session = session(
            0x0123_4567_89ab_cdef, original, reply: reply, age: 8_123_456_789,
            facts: [.live, .conntrack, .nflog, .counters, .start, .mark, .rate])
        session.record.counters = DirectionalCounters(
            original: Counters(packetCount: 29, byteCount: 3012), reply: Counters(packetCount: 32, byteCount: 45_199))
        session.record.countersReadAt = Self.monotonicNow - 2_134_000_000
        session.record.bytesPerSecond = 5934.6
        session.record.packetsPerSecond = 7.5
        session.record.status = [.seenReply, .assured, .confirmed, .sourceNAT]
        session.record.tcpState = TCPState(rawValue: 7)
        var lane = LogLane()
        lane.originalPath.inInterface = 2
        lane.originalPath.outInterface = 3
        lane.rule = rule
        lane.verdict = .accept
        lane.counters.original = Counters(packetCount: 3, byteCount: 180)
        session.nflog = lane
        return session
    }

    /// IPv6 to a published server: the destination is translated; counters frozen by offload; a zone, a helper.
    var offloaded: Session {
        let original = FlowKey(
            source: IPAddress(high: 0x2001_0db8_0000_0000, low: 0x0000_0000_0000_0abc),
            destination: IPAddress(high: 0x2001_0db8_00ff_0000, low: 1), sourcePort: 40_000, destinationPort: 21,
            transport: .tcp, family: .ipv6, zone: 5)
        var reply = original.inverse
        reply.source = IPAddress(high: 0xfd00_0000_0000_0000, low: 0x21)
        reply.sourcePort = 2121
        var session = session(
            0xfedc_ba98_7654_3210, original, reply: reply, age: 4 * 86_400_000_000_000,
            facts: [.live, .conntrack, .counters, .start, .mark, .offloaded])
        session.record.counters = DirectionalCounters(
            original: Counters(packetCount: 1_000_000, byteCount: 7_654_321_012),
            reply: Counters(packetCount: 9, byteCount: 512))
        session.record.mark = 0xffff_ffff
        session.record.status = [.seenReply, .assured, .confirmed, .offload, .helper, .destinationNAT]
        session.record.tcpState = TCPState(rawValue: 3)
        session.record.helper = helper
        return session
    }

    /// Older than nfmon and without accounting: neither start nor counters are known.
    var unknown: Session {
        var session = session(
            0x42,
            FlowKey(
                source: Self.address(10, 0, 0, 8), destination: Self.address(10, 0, 0, 53), sourcePort: 5353,
                destinationPort: 53, transport: .udp, family: .ipv4),
            age: 0, facts: [.live, .conntrack, .predatesListener])
        session.record.status = [.confirmed]
        return session
    }

    /// A ping, which has no ports.
    var ping: Session {
        let key = FlowKey(
            source: Self.address(10, 0, 0, 7), destination: Self.address(192, 0, 2, 99), sourcePort: 4711,
            destinationPort: 8 << 8, transport: .icmp, family: .ipv4)
        return session(0x7, key, age: 1_000_000, facts: [.live, .conntrack, .start])
    }

    /// A PPTP tunnel: GRE's keys stand where ports would.
    var tunnel: Session {
        let key = FlowKey(
            source: Self.address(10, 0, 0, 7), destination: Self.address(198, 51, 100, 9), sourcePort: 4660,
            destinationPort: 17, transport: .gre, family: .ipv4)
        return session(0x47, key, age: 2_000_000, facts: [.live, .conntrack, .start])
    }

    /// Neighbour discovery, which has no identifier: what NFLOG shows of it.
    var solicitation: Session {
        let key = FlowKey(
            source: IPAddress(high: 0xfe80_0000_0000_0000, low: 1),
            destination: IPAddress(high: 0xfe80_0000_0000_0000, low: 2), destinationPort: 135 << 8, transport: .icmpv6,
            family: .ipv6)
        return session(0x87, key, age: 0, facts: [.live, .start])
    }

    /// An attempt that a rule dropped: only packets told of it.
    var denied: Session {
        let key = FlowKey(
            source: Self.address(203, 0, 113, 5), destination: Self.address(192, 0, 2, 1), sourcePort: 4711,
            destinationPort: 22, transport: .tcp, family: .ipv4)
        var session = session(0xd, key, age: 0, facts: [.live, .nflog, .start, .denied])
        var lane = LogLane()
        lane.originalPath.inInterface = 3
        lane.counters.original = Counters(packetCount: 1, byteCount: 60)
        lane.errorCount = 2
        session.nflog = lane
        var denial = Denial(rule: deniedRule, verdict: .drop, at: session.record.start)
        denial.count = 1
        session.denials = [denial]
        return session
    }

    /// What a rule let in and two others denied packets of, and everything that packets show: a bridge's ports, senders, a VLAN,
    /// an owner; the way out is known from the answers alone. Its packets were lost in part.
    var local: Session {
        let key = FlowKey(
            source: Self.address(192, 0, 2, 1), destination: Self.address(198, 51, 100, 53), sourcePort: 40_001,
            destinationPort: 53, transport: .udp, family: .ipv4)
        var session = session(
            0x10c, key, age: 2_000_000_000, facts: [.live, .conntrack, .nflog, .counters, .start, .denied])
        session.record.counters.original = Counters(packetCount: 5, byteCount: 300)
        session.record.status = [.seenReply, .confirmed]
        var lane = LogLane()
        lane.originalPath.inInterface = 2
        lane.originalPath.physicalIn = 7
        lane.originalPath.sender = HardwareAddress([0x02, 0, 0x5e, 0x10, 0xfe, 0x0a].span)
        lane.originalPath.vlan = 42
        lane.replyPath.inInterface = 3
        lane.replyPath.physicalIn = 8
        lane.replyPath.sender = HardwareAddress([0x02, 0, 0x5e, 0x10, 0xfe, 0x0b].span)
        lane.owner = SocketOwner(userID: 1000, groupID: 100)
        lane.rule = rule
        lane.verdict = .accept
        lane.counters.original = Counters(packetCount: 4, byteCount: 240)
        lane.isLowerBound = true
        session.nflog = lane
        session.denials = [
            Self.denial(deniedRule, .drop, 2), Self.denial(table.number(of: "rate limit".utf8), .reject, 1),
        ]
        return session
    }

    /// Attempts from several ports, and the session by which they got through later.
    var retried: Session {
        var session = denied
        session.record.id = SessionID(rawValue: 0xe)
        session.record.facts.insert(.sourcePortVaries)
        session.record.original.sourcePort = 0
        session.record.reply = session.record.original.inverse
        session.nflog?.counters.original = Counters(packetCount: 3, byteCount: 180)
        session.nflog?.errorCount = 0
        session.denials = [Self.denial(deniedRule, .drop, 3)]
        session.denials.later = LaterSession(
            id: SessionID(rawValue: 0x0123_4567_89ab_cdef), start: Self.before(now: 1_000_000_000))
        return session
    }

    /// A scan over IPv6.
    var scan: Session {
        let key = FlowKey(
            source: IPAddress(high: 0x2001_0db8_0000_0000, low: 0xbad),
            destination: IPAddress(high: 0x2001_0db8_00ff_0000, low: 1), transport: .tcp, family: .ipv6)
        var session = session(
            0x5ca, key, age: 9_000_000_000,
            facts: [.live, .nflog, .start, .denied, .sourcePortVaries, .destinationPortVaries])
        var lane = LogLane()
        lane.originalPath.inInterface = 3
        lane.counters.original = Counters(packetCount: 59_984, byteCount: 3_599_040)
        session.nflog = lane
        session.denials = [Self.denial(deniedRule, .reject, 59_984)]
        session.denials.scannedPorts = 17...60_000
        return session
    }

    /// A download through the host that a capture saw on both sides: aggregates where it comes in, and a fragment.
    var captured: Session {
        let key = FlowKey(
            source: Self.address(10, 0, 0, 7), destination: Self.address(198, 51, 100, 9), sourcePort: 51_600,
            destinationPort: 80, transport: .tcp, family: .ipv4)
        var session = session(0xca9, key, age: 5_000_000_000, facts: [.live, .conntrack, .packet, .start])
        session.record.tcpState = TCPState(rawValue: 3)
        var entrance = TapLane(tap: Tap(interface: 2, direction: .ingress))
        entrance.original = Self.frames(40, 2080)
        entrance.original.errorCount = 1
        entrance.reply = Self.frames(100, 140_000)
        var exit = TapLane(tap: Tap(interface: 3, direction: .egress))
        exit.original = Self.frames(41, 2640)
        exit.original.fragmentCount = 2
        exit.original.whole = Counters(packetCount: 40, byteCount: 2620)
        exit.reply = Self.frames(10, 136_400)
        exit.reply.wire = Counters(packetCount: 100, byteCount: 141_400)
        exit.reply.aggregateCount = 10
        exit.reply.unsplitCount = 1
        exit.isLowerBound = true
        session.taps.append(entrance)
        session.taps.append(exit)
        session.taps.otherCount = 1
        return session
    }

    /// What only a capture saw: nothing but an answer, of which the way in is inferred.
    var overheard: Session {
        let key = FlowKey(
            source: Self.address(10, 0, 0, 9), destination: Self.address(198, 51, 100, 53), sourcePort: 40_053,
            destinationPort: 53, transport: .udp, family: .ipv4)
        var session = session(0xea5, key, age: 1_000_000_000, facts: [.live, .packet, .start])
        var lane = TapLane(tap: Tap(interface: 3, direction: .egress))
        lane.reply = Self.frames(1, 100)
        session.taps.append(lane)
        return session
    }

    private static func frames(_ packetCount: UInt64, _ byteCount: UInt64) -> FrameCounts {
        var counts = FrameCounts()
        counts.seen = Counters(packetCount: packetCount, byteCount: byteCount)
        counts.whole = counts.seen
        counts.wire = Counters(packetCount: packetCount, byteCount: byteCount + 14 * packetCount)
        counts.headerByteCount = 40 * packetCount
        counts.first = before(now: 5_000_000_000)
        counts.last = now
        return counts
    }

    private static func denial(_ rule: NameID, _ verdict: Verdict, _ count: UInt64) -> Denial {
        var denial = Denial(rule: rule, verdict: verdict, at: before(now: 9_000_000_000))
        denial.last = before(now: 2_000_000_000)
        denial.count = count
        return denial
    }

    var sessions: [Session] {
        [complete, offloaded, unknown, ping, tunnel, solicitation, denied, local, retried, scan, captured, overheard]
    }

    /// Every kind of event, each in its variants.
    var events: [SessionEvent] {
        var resync = ResyncReport(cause: .overrun)
        resync.isComplete = true
        resync.duration = 84_000_000
        resync.rowCount = 20_512
        resync.foundCount = 12
        resync.endedCount = 9
        resync.correctedCount = 20_491
        let earlier = Self.before(now: 1_500_000_000)
        let told: [(SessionEvent.Kind, Session)] = [
            (.resyncBegan(.overrun), .none), (.resync(resync), .none), (.resync(ResyncReport(cause: .initial)), .none),
            (.shed([.new, .destroy]), .none), (.shed(.events), .none), (.start, unknown), (.start, ping),
            (.start, tunnel), (.start, solicitation), (.denied, denied), (.denied, local), (.update, retried),
            (.denied, scan),
            (.update, offloaded),
            (.end(SessionEnd(cause: .event, time: Self.now)), complete),
            (.end(SessionEnd(cause: .inferred, time: Self.now, earliest: earlier)), offloaded),
            (.end(SessionEnd(cause: .timeout, time: Self.now)), denied),
            (.end(SessionEnd(cause: .event, time: Self.now)), captured),
            (.end(SessionEnd(cause: .closed, time: Self.now)), overheard),
            (.loss(LossReport(lane: .conntrack, cause: .overrun, count: 431, from: earlier, to: Self.now)), .none),
            (.loss(LossReport(lane: .nflog, cause: .malformed, count: 1, from: Self.now, to: Self.now)), .none),
            (.loss(LossReport(lane: .nflog, cause: .overrun, count: nil, from: earlier, to: Self.now)), .none),
            (.loss(LossReport(lane: .conntrack, cause: .output, count: 7, from: earlier, to: Self.now)), .none),
            (.loss(LossReport(lane: .nflog, cause: .down, count: nil, from: earlier, to: Self.now)), .none),
            (.loss(LossReport(lane: .packet, cause: .overrun, count: 17, from: earlier, to: Self.now)), .none),
            (.resyncBegan(.restart), .none),
        ]
        return told.map { SessionEvent(time: Self.now, kind: $0, session: $1) }
    }

    /// What a report writes of `events`.
    func text(_ events: [SessionEvent], _ format: EventFormat) -> [UInt8] {
        var report = EventReport(format: format)
        var buffer: [UInt8] = []
        report.begin(into: &buffer)
        for (index, event) in events.enumerated() {
            report.append(event, sequence: 40 + UInt64(index), names: names, into: &buffer)
        }
        report.end(into: &buffer)
        return buffer
    }

    /// An answer of all `sessions`, or of fewer.
    func answer(
        _ sessions: [Session], limit: Int? = nil, by key: SortKey = .bytes, summary: TableSummary = TableSummary(),
        notes: [String] = []
    ) -> SessionAnswer {
        var selection = TopSelection(limit: limit, by: key, now: Self.now)
        for session in sessions { selection.consider(session) }
        var answer = SessionAnswer(
            sessions: selection.ranked(), summary: summary, names: names, now: Self.now,
            watchedSince: Self.before(now: 3_600_000_000_000), notes: notes)
        answer.monotonicNow = Self.monotonicNow
        return answer
    }

    /// An answer of all `sessions` in groups.
    func groups(
        _ by: String, _ sessions: [Session], limit: Int? = nil, having: String? = nil, notes: [String] = []
    ) throws -> SessionAnswer {
        let grouping = try Grouping(parsing: by)
        var selection = GroupSelection(grouping, seed: (1, 2), now: Self.now)
        for session in sessions { selection.consider(session, interfaces: names.interfaces) }
        var answer = answer([], notes: notes)
        answer.having = having
        answer.groups = GroupRanking(
            selection, by: .measure(.bytes), limit: limit,
            having: try having.map { try GroupFilter(parsing: $0, grouping: grouping, names: table) }, names: names)
        return answer
    }

    /// A table that lost something of everything.
    static var gaps: TableSummary {
        var summary = TableSummary()
        summary.lostCounts.conntrack = 431
        summary.lostCounts.nflog = 1
        summary.lossSpans = [
            .conntrack: LossSpan(at: Self.before(now: 60_000_000_000)), .nflog: LossSpan(at: Self.now),
        ]
        summary.lossSpans[.conntrack]?.to = Self.before(now: 55_000_000_000)
        summary.lostCounts.packet = 17
        summary.frames.frameCount = 98_765
        summary.frames.otherCount = 12
        summary.uncountedLosses = 1
        summary.malformedCounts.nflog = 2
        summary.faultCounts = [.packetCut: 1, .attributeLength: 1]
        summary.unwrittenEvents = 1234
        summary.evictedCount = 3
        summary.refusedCount = 4
        summary.ambiguousPackets = 5
        summary.strayErrorCount = 6
        summary.eventsWereOff = true
        summary.recordingIsDamaged = true
        summary.lastDumpWasComplete = false
        return summary
    }
}

extension SessionReport {
    func text(_ answer: SessionAnswer) -> [UInt8] {
        var buffer: [UInt8] = []
        append(answer, into: &buffer)
        return buffer
    }
}
