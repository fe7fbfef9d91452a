import FlowModel
import Query
import Reports

@testable import Screen

/// Some sessions through a firewall, the documents that tell of them, and a screen that shows those.
struct Village {
    let names = NameTable()
    /// 2026-01-05T10:11:12.131415Z
    static let now = Timestamp(seconds: 1_767_607_872, nanoseconds: 131_415_926)
    /// What the screen's monotonic clock says then.
    static let time: UInt64 = 100_000_000_000
    var sessions: [Session] = []
    var summary = TableSummary()
    var notes: [String] = []
    private let interfaces: InterfaceNames

    init(_ count: Int = 40) {
        interfaces = [2: names.number(of: "lan0".utf8), 3: names.number(of: "wan0".utf8)]
        sessions = (0..<count).map(session)
        sessions += [denied, tunnelled, ping].prefix(count)
    }

    private static func before(_ seconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: now.nanoseconds - seconds * 1_000_000_000)
    }

    private static func address(_ octets: UInt32...) -> IPAddress { IPAddress(ipv4: octets.reduce(0) { $0 << 8 | $1 }) }

    private static func made(_ id: UInt64, _ original: FlowKey, age: Int64, _ facts: SessionFacts) -> Session {
        var record = SessionRecord(
            id: SessionID(rawValue: id), original: original, reply: original.inverse, start: before(age), lastSeen: now)
        record.facts = facts
        return Session(record: record, nflog: nil)
    }

    /// An office host behind source NAT; the first moves most.
    private func session(_ number: Int) -> Session {
        let key = FlowKey(
            source: Self.address(10, 0, 0, 7 + UInt32(number % 5)),
            destination: Self.address(198, 51, 100, UInt32(number % 250)),
            sourcePort: 40_000 + UInt16(number), destinationPort: number % 3 == 0 ? 443 : 53,
            transport: number % 3 == 0 ? .tcp : .udp, family: .ipv4)
        var session = Self.made(
            0x1000 + UInt64(number), key, age: Int64(number) * 37 + 2,
            [.live, .conntrack, .nflog, .counters, .start, .mark, .rate])
        session.record.reply.destination = Self.address(192, 0, 2, 1)
        let bytes = UInt64(5_000_000 / (number + 1))
        session.record.counters = DirectionalCounters(
            original: Counters(packetCount: bytes / 600, byteCount: bytes / 10),
            reply: Counters(packetCount: bytes / 900, byteCount: bytes))
        session.record.bytesPerSecond = Float(bytes / 7)
        session.record.packetsPerSecond = Float(bytes / 5000)
        session.record.status = [.seenReply, .assured, .confirmed, .sourceNAT]
        if number % 3 == 0 { session.record.tcpState = TCPState(rawValue: 3) }
        var lane = LogLane()
        lane.originalPath.inInterface = 2
        lane.originalPath.outInterface = 3
        lane.rule = names.number(of: "lan-out".utf8)
        lane.verdict = .accept
        lane.counters.original = Counters(packetCount: 1, byteCount: 60)
        session.nflog = lane
        return session
    }

    private var denied: Session {
        let key = FlowKey(
            source: Self.address(203, 0, 113, 5), destination: Self.address(192, 0, 2, 1), destinationPort: 22,
            transport: .tcp, family: .ipv4)
        var session = Self.made(0xd, key, age: 30, [.live, .nflog, .start, .denied, .sourcePortVaries])
        var lane = LogLane()
        lane.originalPath.inInterface = 3
        lane.counters.original = Counters(packetCount: 12, byteCount: 720)
        session.nflog = lane
        var denial = Denial(rule: names.number(of: "ssh-in".utf8), verdict: .drop, at: Self.before(30))
        denial.last = Self.now
        denial.count = 12
        session.denials = [denial]
        return session
    }

    /// IPv6 to a published server, in a zone, its counters frozen by offload.
    private var tunnelled: Session {
        let key = FlowKey(
            source: IPAddress(high: 0x2001_0db8_0000_0000, low: 0xabc),
            destination: IPAddress(high: 0x2001_0db8_00ff_0000, low: 1), sourcePort: 40_000, destinationPort: 21,
            transport: .tcp, family: .ipv6, zone: 5)
        var session = Self.made(0xf, key, age: 350_000, [.live, .conntrack, .counters, .start, .mark, .offloaded])
        session.record.reply.source = IPAddress(high: 0xfd00_0000_0000_0000, low: 0x21)
        session.record.reply.sourcePort = 2121
        session.record.counters.original = Counters(packetCount: 1_000_000, byteCount: 7_654_321_012)
        session.record.mark = 0x10
        session.record.status = [.seenReply, .assured, .confirmed, .offload, .helper, .destinationNAT]
        session.record.tcpState = TCPState(rawValue: 3)
        session.record.helper = names.number(of: "ftp".utf8)
        return session
    }

    private var ping: Session {
        let key = FlowKey(
            source: Self.address(10, 0, 0, 7), destination: Self.address(192, 0, 2, 99), sourcePort: 4711,
            destinationPort: 8 << 8, transport: .icmp, family: .ipv4)
        return Self.made(0x7, key, age: 1, [.live, .conntrack, .start])
    }

    // MARK: What is answered

    /// The document that a monitor answers a question with.
    func document(_ question: ScreenQuestion) throws -> [UInt8] {
        let filter = try SessionFilter(parsing: question.filter, names: names)
        let book = NameBook(names: names.snapshot, interfaces: interfaces)
        let admitted = sessions.filter { filter.admits($0, interfaces: book.interfaces, now: Self.now) }
        let key = question.by == nil ? try question.sort.map { try SortKey(parsing: $0) } : nil
        var selection = TopSelection(
            limit: question.by == nil ? question.limit : 0, by: key ?? .byteRate, now: Self.now)
        var groups: GroupRanking?
        if let by = question.by {
            let grouping = try Grouping(parsing: by)
            var grouped = GroupSelection(grouping, seed: (1, 2), now: Self.now)
            for session in admitted { grouped.consider(session, interfaces: book.interfaces) }
            let key = try question.sort.map { try GroupSortKey(parsing: $0, grouping: grouping) }
            groups = GroupRanking(
                grouped, by: key ?? .measure(.byteRate), limit: question.limit, having: nil, names: book)
        } else {
            for session in admitted { selection.consider(session) }
        }
        var answer = SessionAnswer(
            sessions: selection.ranked(), groups: groups, summary: summary, names: book, now: Self.now,
            watchedSince: Self.before(3600), notes: notes)
        answer.fill = TableFill(count: 1234, limit: 262_144, limitPlace: .here)
        var text: [UInt8] = []
        SessionReport(format: .json).append(answer, into: &text)
        return text
    }

    // MARK: The screen

    static let modern = ScreenCapabilities(hasColour: true, hasUTF8: true)

    /// A screen, with a minute of history and the first answer.
    func screen(
        _ columns: Int = 80, _ rows: Int = 24, filter: String = "", by: String? = nil,
        lanes: Set<Lane> = Set(Lane.netfilter)
    ) throws -> ScreenState {
        let question = ScreenQuestion(filter: filter, by: by, limit: .max)
        let setup = ScreenState.Setup(
            origin: "conntrack, NFLOG group 100", interval: 2_000_000_000, lanes: lanes, question: question)
        var state = ScreenState(setup, columns: columns, rows: rows)
        for step in 0..<30 {
            let rate: UInt64? = step < 4 ? nil : UInt64((step * 7919) % 1000) * 1000
            state.history.add(rate, at: Self.time - 60_000_000_000 + UInt64(step) * 2_000_000_000)
        }
        try answer(&state)
        return state
    }

    /// Answers what the screen asks.
    func answer(_ state: inout ScreenState, at time: UInt64 = time) throws {
        let inquiry = state.inquiry
        let reply = ScreenReply(
            inquiry: inquiry, document: .success(try document(inquiry.question)),
            followed: try inquiry.followed.mapValues { try document($0) })
        state.take(reply, at: time)
    }

    /// Presses keys, answering whatever the screen asks.
    func press(_ keys: Key..., on state: inout ScreenState) throws {
        for key in keys { if state.take(key) == .ask { try answer(&state) } }
    }

    /// Writes a text into what is asked for, and ends it.
    func write(_ text: String, on state: inout ScreenState) throws {
        try press(.control("e"), .control("u"), .paste(text), .enter, on: &state)
    }
}

extension ScreenState {
    /// What is seen, without styles.
    func text(_ capabilities: ScreenCapabilities = Village.modern) -> String {
        var copy = self
        return copy.frame(capabilities).text
    }

    /// The rows of the list, as they are seen.
    func list() -> [String] {
        let lines = text().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard
            let heading = lines.firstIndex(where: {
                $0.hasPrefix("  proto") || $0.contains(" sessions ") && $0.hasPrefix("  ")
            })
        else { return [] }
        return lines[(heading + 1)...].filter {
            $0.hasPrefix("  ") || $0.hasPrefix("> ") || $0.hasPrefix("* ") || $0.hasPrefix("x ")
        }
        .filter { !$0.allSatisfy { $0 == " " } }
    }
}
