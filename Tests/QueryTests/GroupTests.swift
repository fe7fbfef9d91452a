import FlowModel
import Query
import Testing

/// Sessions with the same in some columns are one group.
struct GroupTests {
    private let town = Town()

    private func text(_ value: GroupValue) -> String {
        switch value {
        case .unknown: return "-"
        case .number(let number): return String(number)
        case .word(let word): return word
        case .name(let name): return String(decoding: town.names.snapshot.bytes(of: name), as: UTF8.self)
        case .interface(let index): return "if\(index)"
        case .address(let address, let family, let length):
            var text: [UInt8] = []
            address.append(to: &text, family: family)
            return String(decoding: text, as: UTF8.self) + (length.map { "/\($0)" } ?? "")
        }
    }

    /// Each group's values, and its sessions.
    private func rows(_ groups: GroupRanking) -> [String] {
        groups.map { group in
            "\(group.values.map { text($0) }.joined(separator: " ")): \(group.totals.sessions.sessionCount)"
        }
    }

    @Test(arguments: [
        ("proto", ["icmp: 1", "tcp: 6", "udp: 1"]), ("family", ["ipv4: 6", "ipv6: 2"]),
        ("rule", ["lan-in: 1", "lan-out: 2", "policy: 1", "ssh-in: 1", "web-in: 1", "-: 2"]),
        ("zone", ["0: 4", "7: 1", "-: 3"]),
        ("verdict", ["accept: 3", "drop: 2", "-: 3"]), ("mark", ["0: 3", "5: 1", "21: 1", "-: 3"]),
        ("lane", ["conntrack: 2", "nflog: 3", "conntrack+nflog: 3"]),
        ("iif", ["dmz0: 1", "lan0: 1", "lan1: 1", "wan0: 3", "-: 2"]), ("helper", ["ftp: 1", "-: 7"]),
        ("state", ["ESTABLISHED: 2", "TIME_WAIT: 1", "-: 5"]), ("natsrc", ["192.0.2.1: 1", "-: 7"]),
        ("natdport", ["80: 1", "-: 7"]), ("dport", ["21: 1", "22: 1", "53: 1", "443: 1", "853: 1", "8080: 1", "-: 2"]),
        ("exactness", ["exact: 2", "lower-bound: 4", "frozen: 1", "unknown: 1"]),
        ("src/24", ["10.0.0.0/24: 3", "203.0.113.0/24: 3", "2001:db8::7: 1", "2001:db8:1::8: 1"]),
        ("src/8/32", ["10.0.0.0/8: 3", "203.0.0.0/8: 3", "2001:db8::/32: 2"]),
        (
            "snet/64",
            [
                "10.0.0.7: 2", "10.0.0.8: 1", "203.0.113.5: 1", "203.0.113.9: 1", "203.0.113.66: 1", "2001:db8::/64: 1",
                "2001:db8:1::/64: 1",
            ]
        ),
    ])
    func sessionsWithTheSameValueAreOneGroup(_ by: String, _ expected: [String]) throws {
        let groups = try town.groups(by, sort: by.split(separator: "/").first.map(String.init) ?? by)
        #expect(rows(groups) == expected)
        #expect(groups.groupCount == expected.count)
        #expect(groups.totals.sessionCount == town.sessions.count)
    }

    @Test func severalColumnsAreToldApartTogether() throws {
        let groups = try town.groups("src rule, natdst", sort: "src")
        #expect(
            rows(groups) == [
                "10.0.0.7 lan-out -: 1", "10.0.0.7 - -: 1", "10.0.0.8 lan-in -: 1", "203.0.113.5 ssh-in -: 1",
                "203.0.113.9 web-in 10.0.0.5: 1", "203.0.113.66 policy -: 1", "2001:db8::7 - -: 1",
                "2001:db8:1::8 lan-out -: 1",
            ])
    }

    @Test func groupsDoNotDependOnTheSeed() throws {
        for seed in 0..<20 as Range<UInt64> {
            #expect(
                rows(try town.groups("src,dst,sport,dport,proto", seed: (seed, ~seed)))
                    == rows(try town.groups("src,dst,sport,dport,proto")))
        }
    }

    /// The sum of a known and an unknown amount is a lower bound, and of unknown ones unknown.
    @Test func sumsAreAsSureAsTheirParts() throws {
        func group(_ by: String, _ value: String) throws -> GroupTotals {
            try #require(try town.groups(by).first { text($0.values[0]) == value }).totals
        }
        let web = try group("sport", "51514")
        #expect(web.exactness == .exact && web.counters == Counters(packetCount: 1000, byteCount: 1_500_000))
        #expect(web.counters(of: .original)?.byteCount == 500_000 && web.counters(of: .reply)?.byteCount == 1_000_000)
        let host = try group("src", "10.0.0.7")
        #expect(host.exactness == .lowerBound && host.counters?.byteCount == 1_500_000)
        #expect(host.sessions.unknownCount == 1 && host.sessions.inexactCount == 0)
        let ping = try group("proto", "icmp")
        #expect(ping.exactness == .unknown && ping.counters == nil && ping.counters(of: .original) == nil)
        let outside = try group("iif", "wan0")
        #expect(outside.exactness == .lowerBound && outside.counters?.byteCount == 30_120)
        #expect(
            outside.deniedCount == 3 && outside.attemptCount == 513 && outside.attemptsAreLowerBound
                && outside.rate?.byteCount == 2000 && !outside.isRateWhole)
        let logged = try group("sport", "4711")
        #expect(logged.counters(of: .reply) == nil, "what no rule logged is unknown")
        #expect(try group("sport", "51514").rate == nil)
        #expect(host.sessions.earliestStart == Timestamp(nanoseconds: Town.now.nanoseconds - 60_000_000_000))
    }

    @Test(arguments: [
        ("bytes", ["tcp: 6", "udp: 1", "icmp: 1"]), ("sessions", ["tcp: 6", "udp: 1", "icmp: 1"]),
        ("proto", ["icmp: 1", "tcp: 6", "udp: 1"]),
        ("rate", ["tcp: 6", "udp: 1", "icmp: 1"]), ("start", ["udp: 1", "tcp: 6", "icmp: 1"]),
        ("denied", ["tcp: 6", "udp: 1", "icmp: 1"]),
    ])
    func groupsAreRankedByWhatIsAskedFor(_ sort: String, _ expected: [String]) throws {
        #expect(rows(try town.groups("proto", sort: sort)) == expected)
        let first = try town.groups("proto", sort: sort, limit: 1)
        #expect(rows(first) == Array(expected.prefix(1)))
        #expect(first.groupCount == 3 && first.totals.sessionCount == town.sessions.count, "the totals are of all")
    }

    @Test(arguments: [
        ("sessions > 1", "rule", ["lan-out: 2", "-: 2"]), ("rule = lan*", "rule", ["lan-in: 1", "lan-out: 2"]),
        ("not rule lan*", "rule", ["policy: 1", "ssh-in: 1", "web-in: 1"]), ("bytes > 1M", "src", ["10.0.0.7: 2"]),
        ("src net 10.0.0.0/8 and sessions = 1", "src", ["10.0.0.8: 1"]),
        ("dport in [21 22]", "dport", ["21: 1", "22: 1"]), ("dport > 443", "dport", ["853: 1", "8080: 1"]),
        ("tcp or udp", "proto", ["tcp: 6", "udp: 1"]),
        ("denied > 0", "src", ["203.0.113.5: 1", "203.0.113.9: 1", "203.0.113.66: 1"]),
        ("denied", "family", ["ipv4: 6"]),
        ("verdict = drop or sessions >= 3", "verdict", ["accept: 3", "drop: 2", "-: 3"]),
        ("iif = wan*", "iif", ["wan0: 3"]), ("rate > 1k", "proto", ["tcp: 6"]),
        ("mark = 0x5/0xf", "mark", ["5: 1", "21: 1"]),
        ("lane = nflog", "lane", ["nflog: 3", "conntrack+nflog: 3"]),
        ("src net 10.0.0.0/16", "src/24", ["10.0.0.0/24: 3"]), ("ip6", "family", ["ipv6: 2"]),
        ("state established", "state", ["ESTABLISHED: 2"]), ("zone = 7", "zone", ["7: 1"]),
        ("helper ftp", "helper", ["ftp: 1"]), ("exact", "exactness", ["exact: 2"]),
        ("received > 500k and packets < 2000", "proto", []), ("sent >= 500k", "proto", ["tcp: 6"]),
        ("pps >= 5", "zone", ["0: 4"]), ("natdst 10.0.0.5", "natdst", ["10.0.0.5: 1"]),
    ])
    func groupsAreChosenInTheWordsOfFilters(_ having: String, _ by: String, _ expected: [String]) throws {
        let groups = try town.groups(by, sort: by.split(separator: "/").first.map(String.init) ?? by, having: having)
        #expect(rows(groups) == expected)
    }

    @Test func groupsThatNobodyCanJudgeAreCounted() throws {
        let few = try town.groups("proto", having: "bytes > 1000000000")
        #expect(few.isEmpty && few.unjudgedCount == 2, "tcp's sum is a lower bound, icmp's unknown; udp's is neither")
        let part = try town.groups("src/24", having: "src = 10.0.0.7")
        #expect(part.isEmpty && part.unjudgedCount == 1, "the address is somewhere in the group's network")
        #expect(try town.groups("src/24", having: "src = 10.0.1.7").unjudgedCount == 0)
        #expect(few.totals.sessionCount == 0)
    }

    private func failure(_ by: String, having: String? = nil) -> FilterError? {
        do throws(FilterError) {
            let grouping = try Grouping(parsing: by)
            if let having { _ = try GroupFilter(parsing: having, grouping: grouping, names: NameTable()) }
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("", 0, "expected columns"), (" , ", 3, "expected columns"), ("srcc", 0, "no column to group by"),
        ("src,sr", 4, "'sr' is no column"),
        ("src,dport,sip", 10, "src is there twice"), ("dport/8", 0, "only addresses"), ("src/0", 0, "lengths"),
        ("src/129", 0, "lengths"), ("src/24/", 0, "lengths"),
        ("src/64/24/3", 0, "lengths"), ("src/64/24", 0, "lengths"), ("src host", 4, "use src or dst"),
        ("bytes", 0, "every group has it"), ("src,/", 4, "no column"), ("src\u{1b}", 0, "'src?'"),
    ])
    func aGroupingThatCannotBeReadIsToldWithItsPlace(_ by: String, _ offset: Int, _ reason: String) throws {
        let error = try #require(failure(by))
        #expect(error.offset == offset, "\(error)")
        #expect(error.description.hasPrefix("--by: ") && error.description.contains(reason), "\(error)")
    }

    @Test(arguments: [
        ("dport = 443", 0, "they have src rule sessions"), ("sessions > x", 11, "expected a number"),
        ("sessions > 5 and tcp", 17, "no column of these groups"),
        ("host 10.0.0.7", 0, "no column of these groups"), ("foo", 0, "use one of src rule sessions denied"),
        ("sessions", 8, "expected a number"), ("src net", 7, "expected an address"),
        ("start > -10m", 0, "no column of these groups"), ("duration > 5s", 0, "no column of these groups"),
        ("(sessions > 5", 13, "closing parenthesis"),
    ])
    func aFilterOfGroupsThatCannotBeReadSaysWhatTheyHave(_ having: String, _ offset: Int, _ reason: String) throws {
        let error = try #require(failure("src,rule", having: having))
        #expect(error.offset == offset, "\(error)")
        #expect(error.description.hasPrefix("--having: ") && error.description.contains(reason), "\(error)")
    }

    @Test func aKeyThatGroupsDoNotHaveIsRefusedWithThoseTheyHave() throws {
        let error = #expect(throws: UnknownSortKey.self) {
            try GroupSortKey(parsing: "dport", grouping: Grouping(parsing: "src"))
        }
        #expect(error?.description.contains("use one of sessions, denied") == true)
        #expect(error?.description.hasSuffix("last, src") == true)
    }

    @Test func asManyAddressesMakeAsManyGroups() throws {
        var selection = GroupSelection(try Grouping(parsing: "src"), seed: (3, 4), now: Town.now)
        for round in 0..<2 {
            for number in 0..<100_000 {
                let session = Session.tcp {
                    $0.record.original.source = IPAddress(ipv4: UInt32(number))
                    $0.record.original.sourcePort = UInt16(round)
                }
                selection.consider(session, interfaces: [:])
            }
        }
        #expect(selection.count == 100_000)
    }
}
