import FlowModel
import Query
import Testing

/// What filters mean, in each of the spellings that people know.
struct FilterTests {
    private static let now = Timestamp(seconds: 1_767_607_260, nanoseconds: 0)

    private func admits(
        _ text: String, _ session: Session, names: NameTable = NameTable(), interfaces: InterfaceNames = [:]
    ) throws -> Bool {
        try SessionFilter(parsing: text, names: names).admits(session, interfaces: interfaces, now: Self.now)
    }

    @Test(arguments: [
        "", "  ", "tcp", "proto tcp", "proto = 6", "proto 6", "protocol in [udp tcp]", "ipv4", "inet", "ip",
        "family ipv4",
        "src 10.0.0.7", "src = 10.0.0.7", "src ip 10.0.0.7", "src host 10.0.0.7", "sip = 10.0.0.7", "SRC 10.0.0.7",
        "source = 10.0.0.7", "host 198.51.100.9", "host = 10.0.0.7", "ip 10.0.0.7", "net 10.0.0.0/8", "src net 10/8",
        "snet = 10.0.0.0/8", "dst net 198.51.100", "dst net 198.51", "src net 10.0.0.77/24",
        "src in [1.2.3.4, 10.0.0.7]",
        "dport 443", "dport = 443", "dport == 443", "dst port 443", "dst port = 443", "dport eq 443", "port 443",
        "dst port in [80 443]", "dst port in [80, 443]", "dport in {80,443}", "dport = [80 443]", "portrange 400-500",
        "dst portrange 400:500", "dport in [20-25 440-450]", "dport >= 443", "dport > 442", "dport < 444",
        "dport <= 443",
        "src or dst port 443", "src or dst host 10.0.0.7", "port > 50000", "src and dst net 0.0.0.0/0",
        "tcp dst port 443", "tcp port 443", "tcp and port 443", "ip host 10.0.0.7 and tcp", "dport = 443 & proto = tcp",
        "dport = 443 && proto = tcp", "dport = 80 | dport = 443", "dport=80||dport=443", "not udp", "!udp", "! udp",
        "!!tcp",
        "not not tcp", "not port 80", "port != 80", "dport not in [80 81]", "dport != [80 81]", "host != 192.0.2.1",
        "(tcp)", "((tcp and (dport 443)))", "not (udp or dport 80)", "tcp and not udp or udp",
        "zone = 0", "mark = 0", "lane conntrack", "duration > 30s", "duration <= 1m", "duration >= 0", "not denied",
        "src and dst net != 192.168.0.0/16",
        "ip in [10/8 192.168/16]", "not ip not in [10/8]",
    ])
    func spellingsThatMeanTheSession(_ text: String) throws {
        #expect(try admits(text, .tcp()))
    }

    @Test(arguments: [
        "udp", "not tcp", "ip6", "inet6", "src 10.0.0.8", "dst 10.0.0.7", "net 192.168", "src net 10.0.1.0/24",
        "port 80",
        "dport != 443", "port != 443", "host != 10.0.0.7", "dport > 443", "dport < 443", "port > 65534",
        "src and dst port 443", "tcp and udp", "tcp dst port 80", "udp port 443", "not (tcp or udp)",
        "dport not in [443]",
        "zone = 5", "mark = 5", "mark != 0", "lane nflog", "denied", "duration > 2m", "portrange 1-442",
        "src and dst net != 10.0.0.0/8",
    ])
    func spellingsThatDoNot(_ text: String) throws {
        #expect(try !admits(text, .tcp()))
    }

    @Test(arguments: [
        "bytes > 0", "not bytes > 0", "bytes = 0", "packets < 10", "!(packets < 10)", "state established",
        "state != established", "natsrc 192.0.2.1", "natsrc != 192.0.2.1", "natdport 80", "not natdport 80", "rule ssh",
        "rule != ssh", "iif lan0", "oif != wan0", "verdict drop", "verdict != drop",
    ])
    func whatIsUnknownPassesNeitherATestNorItsOpposite(_ text: String) throws {
        #expect(try !admits(text, .tcp()))
    }

    @Test func protocolWithoutPortsHasNone() throws {
        for text in ["port 53", "sport = 53", "not port 53", "dport != 2048", "dport >= 0"] {
            #expect(try !admits(text, .ping()), "\(text)")
        }
        #expect(try admits("icmp", .ping()))
        #expect(try admits("icmp and host 8.8.8.8", .ping()))
        #expect(try !admits("icmp6", .ping()))
    }

    @Test(arguments: [
        "ip6", "src 2001:db8::7", "host 2001:DB8:0:0:0:0:0:53", "net 2001:db8::/32", "dst net 2001:db8::/64",
        "dst 2001:db8::0.0.0.83", "udp port 53", "not net 10.0.0.0/8", "src != 10.0.0.7",
    ])
    func addressesOfTheSixthVersionAreUnderstood(_ text: String) throws {
        #expect(try admits(text, .dns()))
    }

    @Test func mappedAddressIsNoAddressOfTheFourthVersion() throws {
        let session = Session.dns { $0.record.original.source = IPAddress(ipv4: 0x0a00_0007) }
        #expect(try !admits("src 10.0.0.7", session))
        #expect(try admits("src ::ffff:10.0.0.7", session))
    }

    @Test(arguments: [
        ("bytes = 1500000", true), ("bytes > 1M", true), ("bytes > 1.4M", true), ("bytes > 1Mi", true),
        ("bytes > 1500k", false), ("bytes >= 1500kB", true), ("bytes < 2MiB", true), ("packets = 1k", true),
        ("packets > 1000", false), ("not packets > 1000", true),
    ])
    func amountsHaveUnits(_ text: String, _ isMeant: Bool) throws {
        let session = Session.tcp {
            $0.record.facts.insert(.counters)
            $0.record.counters.original = Counters(packetCount: 400, byteCount: 500_000)
            $0.record.counters.reply = Counters(packetCount: 600, byteCount: 1_000_000)
        }
        #expect(try admits(text, session) == isMeant)
    }

    /// What rules logged is a lower bound, which may grow.
    @Test(arguments: [
        ("bytes > 50", true), ("bytes >= 60", true), ("bytes > 60", false), ("not bytes > 60", false),
        ("bytes < 50", false),
        ("not bytes < 50", true), ("bytes = 60", false), ("bytes != 60", false), ("bytes != 50", true),
        ("packets > 0", true),
    ])
    func lowerBoundIsNoTotal(_ text: String, _ isMeant: Bool) throws {
        let session = Session.tcp {
            var lane = LogLane()
            lane.counters.original = Counters(packetCount: 1, byteCount: 60)
            $0.nflog = lane
        }
        #expect(try admits(text, session) == isMeant)
    }

    /// At INPUT and OUTPUT there is no second interface.
    @Test(arguments: [1, 2] as [UInt8])
    func sessionWithTheHostItselfLeavesByNoInterface(hook: UInt8) throws {
        let names = NameTable()
        var lane = LogLane()
        lane.originalPath.inInterface = 2
        lane.originalPlace = LogPlace(group: 100, hook: hook)
        let interfaces: InterfaceNames = [2: names.number(of: "lan0".utf8)]
        let session = Session.tcp {
            $0.nflog = lane
            $0.record.facts.insert(.nflog)
        }
        for text in ["oif != wan0", "not if wan0"] {
            #expect(try admits(text, session, names: names, interfaces: interfaces) == (hook == 1), "\(text)")
        }
        #expect(try admits("iif lan0 and if != wan0 or iif lan0", session, names: names, interfaces: interfaces))
        #expect(try !admits("oif wan0", session, names: names, interfaces: interfaces))
    }

    @Test func whatIsKnownNotToBeMeantIsToldFromWhatNobodyKnows() throws {
        func excludes(_ text: String, _ session: Session) throws -> Bool {
            try SessionFilter(parsing: text, names: NameTable()).excludes(session, interfaces: [:], now: Self.now)
        }
        #expect(try excludes("udp", .tcp()))
        #expect(try !excludes("tcp", .tcp()))
        #expect(try !excludes("iif lan0", .tcp()), "it may be")
        #expect(try excludes("udp and iif lan0", .tcp()), "it cannot be, whatever the interface is")
        #expect(try !excludes("", .tcp()))
    }

    @Test func everyColumnThatIsNamedCanBeAskedFor() {
        for name in SessionFilter.columnNames.split(separator: " ") {
            do throws(FilterError) {
                _ = try SessionFilter(parsing: "\(name) = ?", names: NameTable())
            } catch {
                #expect(!error.reason.contains("no column"), "\(error)")
            }
        }
    }

    @Test(arguments: [
        ("mark = 0x15", true), ("mark 21", true), ("mark = 0x10/0xf0", true), ("mark = 0x5/0xf", true),
        ("mark = 5", false),
        ("mark != 5", true), ("zone = 7", true), ("zone > 6", true),
        ("zone in [1 2 3]", false),
        ("state = established", true), ("state ESTABLISHED", true), ("state != syn_sent", true),
        ("status = assured", true),
        ("status = seen-reply", true), ("status unreplied", false), ("status != offload", true),
        ("natsrc 192.0.2.1", true), ("natsport 40000", true), ("natsrc 192.0.2.0/24", true), ("natdst 10.0.0.1", false),
    ])
    func whatConntrackTellsCanBeAskedFor(_ text: String, _ isMeant: Bool) throws {
        let session = Session.tcp {
            $0.record.facts.insert(.mark)
            $0.record.mark = 0x15
            $0.record.original.zone = 7
            $0.record.tcpState = TCPState(rawValue: 3)
            $0.record.status = [.seenReply, .assured, .sourceNAT]
            $0.record.reply.destination = IPAddress(ipv4: 0xc000_0201)
            $0.record.reply.destinationPort = 40_000
        }
        #expect(try admits(text, session) == isMeant)
    }

    @Test(arguments: [
        ("iif lan0", true), ("oif = wan0", true), ("if wan0", true), ("in if lan0", true), ("out if lan0", false),
        ("iif in [dmz0 lan0]", true), ("iif != wan0", true), ("rule ssh-out", true), ("rule = 'ssh-out'", true),
        ("rule = 'and'", false), ("verdict = drop", true), ("verdict in [reject drop]", true),
        ("denied", true), ("not denied", false), ("prefix = drop:ssh-out", true), ("prefix ssh-out", true),
        ("prefix accept:ssh-out", false), ("prefix drop:", true), ("lane = nflog", true),
    ])
    func whatRulesTellCanBeAskedFor(_ text: String, _ isMeant: Bool) throws {
        let names = NameTable()
        var lane = LogLane()
        (lane.originalPath.inInterface, lane.originalPath.outInterface) = (2, 3)
        let interfaces: InterfaceNames = [2: names.number(of: "lan0".utf8), 3: names.number(of: "wan0".utf8)]
        let session = Session.tcp {
            $0.nflog = lane
            $0.record.facts.formUnion([.nflog, .denied])
            $0.denials = [Denial(rule: names.number(of: "ssh-out".utf8), verdict: .drop, at: $0.record.start)]
        }
        #expect(try admits(text, session, names: names, interfaces: interfaces) == isMeant)
    }
}
