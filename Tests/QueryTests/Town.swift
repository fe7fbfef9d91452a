import FlowModel
import Query

/// A few sessions, each known by a name, of which filters are asked: what is known of each differs.
struct Town {
    let names = NameTable()
    let interfaces: InterfaceNames
    let sessions: [(name: String, session: Session)]

    /// 2026-01-05T10:01:00Z
    static let now = Timestamp(seconds: 1_767_607_260, nanoseconds: 0)

    init() {
        var interfaces: InterfaceNames = [:]
        for (index, name) in ["lan0", "lan1", "wan0", "wan1", "dmz0"].enumerated() {
            interfaces[InterfaceIndex(index + 2)] = names.number(of: name.utf8)
        }
        self.interfaces = interfaces
        let (lan0, lan1, wan0, wan1, dmz0) = (2, 3, 4, 5, 6) as (UInt32, UInt32, UInt32, UInt32, UInt32)
        let names = names
        func lane(
            _ rule: String, _ verdict: Verdict, _ ingress: InterfaceIndex, _ egress: InterfaceIndex, _ hook: UInt8
        )
            -> LogLane
        {
            var lane = LogLane()
            (lane.rule, lane.verdict) = (names.number(of: rule.utf8), verdict)
            (lane.originalPath.inInterface, lane.originalPath.outInterface) = (ingress, egress)
            lane.originalPlace = LogPlace(group: 100, hook: hook)
            lane.counters.original = Counters(packetCount: 1, byteCount: 60)
            return lane
        }
        sessions = [
            // A browser behind source NAT, of which everything is known.
            (
                "web",
                Self.session("10.0.0.7", 51514, "198.51.100.9", 443, age: 60) {
                    $0.record.reply.destination = Self.address("192.0.2.1")
                    $0.record.facts.formUnion([.counters, .mark, .nflog])
                    $0.record.counters.original = Counters(packetCount: 400, byteCount: 500_000)
                    $0.record.counters.reply = Counters(packetCount: 600, byteCount: 1_000_000)
                    $0.record.mark = 5
                    $0.record.status = [.confirmed, .seenReply, .assured, .sourceNAT]
                    $0.record.tcpState = TCPState(rawValue: 3)
                    $0.nflog = lane("lan-out", .accept, lan0, wan0, 2)
                }
            ),
            // A name server's client: no rule logged it, but a capture saw it in a VLAN.
            (
                "dns",
                Self.session("2001:db8::7", 5353, "2001:db8::53", 53, transport: .udp, age: 5) {
                    $0.record.facts.insert(.counters)
                    $0.record.counters.original = Counters(packetCount: 1, byteCount: 80)
                    $0.record.counters.reply = Counters(packetCount: 1, byteCount: 120)
                    $0.record.status = [.confirmed, .seenReply]
                    var tap = TapLane(tap: Tap(interface: 0, direction: .unknown))
                    tap.vlans.forward = 34
                    $0.taps.append(tap)
                }
            ),
            // Older than the listener, without accounting.
            (
                "ping",
                Self.session("10.0.0.7", 53, "8.8.8.8", 8 << 8, transport: .icmp, age: 0) {
                    $0.record.facts.remove(.start)
                    $0.record.status = [.confirmed]
                }
            ),
            // Somebody from outside whom a rule dropped.
            (
                "knock",
                Self.session("203.0.113.5", 4711, "192.0.2.1", 22, age: 1) {
                    $0.record.facts = [.live, .nflog, .start, .denied]
                    $0.nflog = lane("", .unknown, wan0, 0, 1)
                    $0.denials = [Denial(rule: names.number(of: "ssh-in".utf8), verdict: .drop, at: Self.now)]
                    $0.denials[0].count = 3
                }
            ),
            // In a zone of its own, with a helper, offloaded.
            (
                "ftp",
                Self.session("10.0.0.8", 40_000, "198.51.100.20", 21, zone: 7, age: 86_400) {
                    $0.record.facts.formUnion([.counters, .mark, .nflog])
                    $0.record.counters.original = Counters(packetCount: 50, byteCount: 5000)
                    $0.record.mark = 0x15
                    $0.record.helper = names.number(of: "ftp".utf8)
                    $0.record.status = [.confirmed, .seenReply, .assured, .offload, .helper]
                    $0.record.tcpState = TCPState(rawValue: 3)
                    $0.record.facts.insert(.offloaded)
                    $0.nflog = lane("lan-in", .unknown, dmz0, wan0, 2)
                }
            ),
            // A published server behind destination NAT, whose counters somebody zeroed.
            (
                "shop",
                Self.session("203.0.113.9", 33_000, "192.0.2.1", 8080, age: 600) {
                    $0.record.reply.source = Self.address("10.0.0.5")
                    $0.record.reply.sourcePort = 80
                    $0.record.facts.formUnion([.counters, .lowerBound, .rate, .nflog])
                    $0.record.counters.reply = Counters(packetCount: 30, byteCount: 30_000)
                    $0.record.bytesPerSecond = 2000
                    $0.record.packetsPerSecond = 5
                    $0.record.status = [.confirmed, .seenReply, .assured, .destinationNAT]
                    $0.record.tcpState = TCPState(rawValue: 7)
                    $0.nflog = lane("web-in", .accept, wan0, lan0, 2)
                    $0.nflog?.originalPath.sender = HardwareAddress.parse("02:00:5e:10:00:01") ?? .none
                    $0.nflog?.originalPath.vlan = 12
                    $0.nflog?.replyPath.physicalIn = lan1
                    $0.nflog?.owner = SocketOwner(userID: 1000, groupID: 100)
                    $0.record.facts.insert(.denied)
                    for rule in ["rate-limit", "policy"] {
                        var denial = Denial(rule: names.number(of: rule.utf8), verdict: .reject, at: Self.now)
                        denial.count = 5
                        $0.denials.append(denial)
                    }
                }
            ),
            // A scan, folded into one session.
            (
                "scan",
                Self.session("203.0.113.66", 0, "192.0.2.1", 0, age: 30) {
                    $0.record.facts = [.live, .nflog, .start, .denied, .sourcePortVaries, .destinationPortVaries]
                    $0.nflog = lane("", .unknown, wan0, 0, 1)
                    $0.nflog?.isLowerBound = true
                    var denial = Denial(rule: names.number(of: "policy".utf8), verdict: .drop, at: Self.now)
                    denial.count = 500
                    $0.denials = [denial]
                    $0.denials.scannedPorts = 20...1023
                }
            ),
            // Of this one only a rule told.
            (
                "dot",
                Self.session("2001:db8:1::8", 41_000, "2606:4700::1111", 853, age: 120) {
                    $0.record.facts = [.live, .nflog, .start]
                    $0.nflog = lane("lan-out", .accept, lan1, wan1, 2)
                }
            ),
        ]
    }

    static func address(_ text: String) -> IPAddress { IPAddress.parse(text)?.address ?? .unspecified }

    private static func session(
        _ source: String, _ sourcePort: UInt16, _ destination: String, _ destinationPort: UInt16,
        transport: TransportProtocol = .tcp, zone: UInt16 = 0, age: Int64, _ change: (inout Session) -> Void
    ) -> Session {
        let original = FlowKey(
            source: address(source), destination: address(destination), sourcePort: sourcePort,
            destinationPort: destinationPort, transport: transport, family: source.contains(":") ? .ipv6 : .ipv4,
            zone: zone)
        let start = Timestamp(nanoseconds: now.nanoseconds - age * 1_000_000_000)
        var record = SessionRecord(
            id: SessionID(rawValue: UInt64(sourcePort)), original: original, reply: original.inverse, start: start,
            lastSeen: now)
        record.facts = [.live, .conntrack, .start]
        var session = Session(record: record, nflog: nil)
        change(&session)
        return session
    }

    /// The names of the sessions that a filter admits, in the order in which they are there.
    func matches(_ text: String) throws(FilterError) -> String {
        let filter = try SessionFilter(parsing: text, names: names)
        return sessions.filter { filter.admits($0.session, interfaces: interfaces, now: Self.now) }.map(\.name)
            .joined(separator: " ")
    }

    /// All sessions in groups.
    func groups(
        _ by: String, sort: String = "bytes", having: String? = nil, limit: Int? = nil, seed: (UInt64, UInt64) = (1, 2)
    ) throws -> GroupRanking {
        let grouping = try Grouping(parsing: by)
        var selection = GroupSelection(grouping, seed: seed, now: Self.now)
        for (_, session) in sessions { selection.consider(session, interfaces: interfaces) }
        let filter = try having.map { try GroupFilter(parsing: $0, grouping: grouping, names: names) }
        return GroupRanking(
            selection, by: try GroupSortKey(parsing: sort, grouping: grouping), limit: limit, having: filter,
            names: NameBook(names: names.snapshot, interfaces: interfaces))
    }
}
