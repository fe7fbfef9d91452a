import FlowModel
import Query
import Testing

struct TopSelectionTests {
    @Test(arguments: SortKey.allCases, SortOrder.allCases)
    func theFirstAreThoseOfAFullSort(key: SortKey, order: SortOrder) {
        let sessions = Self.randomSessions(600)
        let all = Self.sorted(sessions, by: key, order)
        for limit in [0, 1, 2, 20, 599, 600, 601, nil] {
            var selection = TopSelection(limit: limit, by: key, order: order, now: Samples.now)
            for session in sessions.shuffled() { selection.consider(session) }
            let ranking = selection.ranked()
            #expect(ranking.map(\.record.id) == all.prefix(limit ?? .max).map(\.record.id))
            #expect(ranking.totals.sessionCount == 600)
        }
    }

    @Test(arguments: SortOrder.allCases)
    func unknownRanksLastInEitherOrder(order: SortOrder) {
        let samples = Samples()
        var selection = TopSelection(limit: nil, by: .bytes, order: order, now: Samples.now)
        for session in samples.sessions { selection.consider(session) }
        let unknown = selection.ranked().suffix(4)
        #expect(unknown.allSatisfy { $0.counters == nil })
    }

    @Test(arguments: SortOrder.allCases)
    func whereNobodyHasTheKeyMostBytesComeFirst(order: SortOrder) {
        var sessions = Self.randomSessions(50)
        for index in sessions.indices { sessions[index].record.facts.remove(.rate) }
        var selection = TopSelection(limit: 9, by: .byteRate, order: order, now: Samples.now)
        for session in sessions { selection.consider(session) }
        let byteCounts = sessions.map { $0.counters?.total.byteCount }.sorted { $0 ?? 0 > $1 ?? 0 }
        #expect(selection.ranked().map { $0.counters?.total.byteCount } == Array(byteCounts.prefix(9)))
    }

    @Test func whereBytesAreUnknownTooTheLatestComesFirst() {
        var sessions = Self.randomSessions(50)
        for index in sessions.indices {
            sessions[index].record.facts = .start
            sessions[index].nflog = nil
            sessions[index].record.start = Timestamp(nanoseconds: Int64(index) - 25)
        }
        var selection = TopSelection(limit: 9, by: .byteRate, now: Samples.now)
        for session in sessions.shuffled() { selection.consider(session) }
        #expect(selection.ranked().map { $0.record.start.nanoseconds } == Array((16...24).reversed()))
    }

    @Test func totalsAreOfAllThatWasConsidered() {
        let samples = Samples()
        var selection = TopSelection(limit: 1, by: .bytes, now: Samples.now)
        for session in samples.sessions { selection.consider(session) }
        let totals = selection.totals
        #expect(totals.sessionCount == 12)
        #expect(totals.unknownCount == 4)
        #expect(totals.inexactCount == 4)
        #expect(totals.counters.byteCount == 48_211 + 7_654_321_524 + 60 + 300 + 180 + 3_599_040 + 142_080 + 100)
        #expect(totals.earliestStart == samples.offloaded.start)
        #expect(!totals.isExact)
    }

    @Test func everySpellingNamesItsKeyAndNoTwoKeysShareOne() throws {
        var seen: Set<String> = []
        for key in SortKey.allCases {
            for spelling in key.spellings {
                #expect(try SortKey(parsing: spelling.uppercased()) == key)
                #expect(seen.insert(spelling).inserted, "\(spelling)")
            }
        }
    }

    @Test func anUnknownKeyIsToldTheValidOnes() {
        let error = #expect(throws: UnknownSortKey.self) { try SortKey(parsing: "byte") }
        #expect(error?.description.contains("bytes, packets, rate, pps, duration") == true)
    }

    /// The specification: a sort by key, unknown last and among themselves by bytes and start, and by identity among equals.
    private static func sorted(_ sessions: [Session], by key: SortKey, _ order: SortOrder) -> [Session] {
        sessions.sorted { left, right in
            let (first, second) = (key.value(of: left, at: Samples.now), key.value(of: right, at: Samples.now))
            if first == second {
                if first == .unknown {
                    for key in [SortKey.bytes, .start] {
                        let (one, other) = (key.value(of: left, at: Samples.now), key.value(of: right, at: Samples.now))
                        if one != other { return other < one }
                    }
                }
                return left.record.id.rawValue < right.record.id.rawValue
            }
            if first == .unknown || second == .unknown { return second == .unknown }
            return (first < second) == (order == .ascending)
        }
    }

    /// Few distinct values, so that there are many equals, and every fact missing now and then.
    private static func randomSessions(_ count: Int) -> [Session] {
        (0..<count).map { index in
            let original = FlowKey(
                source: IPAddress(ipv4: .random(in: 0..<20)), destination: IPAddress(high: .random(in: 0..<4), low: 9),
                sourcePort: .random(in: 0..<9), destinationPort: .random(in: 0..<9),
                transport: [.tcp, .udp, .icmp].randomElement() ?? .tcp, family: .ipv4, zone: .random(in: 0..<2))
            var reply = original.inverse
            if Bool.random() { reply.destination = IPAddress(ipv4: .random(in: 0..<4)) }
            var record = SessionRecord(
                id: SessionID(rawValue: UInt64(index) &* 0x9e37_79b9_7f4a_7c15), original: original, reply: reply,
                start: Timestamp(nanoseconds: .random(in: -3..<9)), lastSeen: Timestamp(nanoseconds: .random(in: 0..<9))
            )
            record.facts = SessionFacts(rawValue: .random(in: 0 ... .max))
            record.counters.original = Counters(packetCount: .random(in: 0..<9), byteCount: .random(in: 0..<99))
            record.bytesPerSecond = Float.random(in: 0..<1e9)
            record.packetsPerSecond = Float(Int.random(in: 0..<4))
            record.mark = .random(in: 0..<4)
            record.tcpState = TCPState(rawValue: .random(in: 0..<9))
            var session = Session(record: record, nflog: nil)
            if Bool.random() {
                var lane = LogLane()
                lane.counters.reply.byteCount = .random(in: 0..<99)
                session.nflog = lane
            }
            return session
        }
    }
}
