import FlowModel
import Query
import Testing

/// What expressions mean, by example: those of goQuery, nfdump and tcpdump as their users write them, and nfmon's own.
struct FilterTableTests {
    /// An expression, and the sessions of ``Town`` that it is about.
    typealias Row = (text: String, names: String)

    static let all = "web dns ping knock ftp shop scan dot"

    static let goQuery: [Row] = [
        ("sip = 10.0.0.7", "web ping"), ("dip = 192.0.2.1", "knock shop scan"), ("snet = 10.0.0.0/8", "web ping ftp"),
        ("dnet = 198.51.100.0/24", "web ftp"), ("src = 10.0.0.8", "ftp"), ("dst = 8.8.8.8", "ping"),
        ("host = 192.0.2.1", "knock shop scan"), ("net = 203.0.113.0/24", "knock shop scan"), ("dport = 443", "web"),
        ("dport != 443", "dns knock ftp shop dot"), ("dport < 53", "knock ftp scan"),
        ("dport >= 443", "web shop scan dot"),
        ("port = 5353", "dns"), ("proto = TCP", "web knock ftp shop scan dot"), ("proto = 17", "dns"),
        ("protocol = udp", "dns"),
        ("ipproto != tcp", "dns ping"), ("dport = 443 & (snet = 10.0.0.0/8 | host = 192.0.2.1)", "web"),
        ("!(dport = 443 | dport = 853)", "dns knock ftp shop"), ("{dport = 443 || dport = 8080}", "web shop"),
        ("[dport = 443] && proto = tcp", "web"), ("dport eq 443 and proto eq tcp", "web"), ("dport -eq 443", "web"),
        ("dport equals 443", "web"), ("dport === 443", "web"), ("dport neq 443 * proto = tcp", "knock ftp shop dot"),
        ("dport = 22 + dport = 21", "knock ftp"), ("dport -ge 853", "shop scan dot"), ("dport l 53", "knock ftp scan"),
        ("dport g 443", "shop scan dot"), ("dport leq 21", "ftp scan"),
        ("not(sip = 10.0.0.7)", "dns knock ftp shop scan dot"),
        ("sip = 2001:db8::7", "dns"), ("snet = 2001:db8::/32", "dns dot"),
        ("sip != 10.0.0.7 & proto = tcp", "knock ftp shop scan dot"),
        ("(sip = 10.0.0.7 & dip = 8.8.8.8) | (sip = 10.0.0.8)", "ping ftp"),
    ]

    static let nfdump: [Row] = [
        ("any", all), ("inet", "web ping knock ftp shop scan"), ("inet6", "dns dot"),
        ("ipv4 and proto tcp", "web knock ftp shop scan"),
        ("proto icmp", "ping"), ("proto 6", "web knock ftp shop scan dot"), ("src ip 10.0.0.7", "web ping"),
        ("dst ip 192.0.2.1", "knock shop scan"), ("ip 8.8.8.8", "ping"), ("host 203.0.113.5", "knock"),
        ("src host 10.0.0.8", "ftp"), ("net 10.0.0.0/8", "web ping ftp"), ("src net 203.0.113/24", "knock shop scan"),
        ("src or dst net 198.51.100/24", "web ftp"), ("ip in [10.0.0.7 203.0.113.0/24]", "web ping knock shop scan"),
        ("src ip in [10.0.0.8, 203.0.113.9]", "ftp shop"), ("port 53", "dns"), ("src port 53", ""),
        ("dst port 443", "web"), ("dst port in [21 22 443]", "web knock ftp"), ("port > 50000", "web"),
        ("dst port > 1024", "shop"), ("src port < 5000", "knock"), ("port = 443 and proto tcp", "web"),
        ("if lan0", "web shop"), ("in if wan0", "knock shop scan"), ("out if wan0", "web ftp"),
        ("bytes > 1M", "web"), ("bytes > 1k", "web ftp shop"), ("bytes < 1k", "dns"),
        ("bytes gt 100", "web dns ftp shop"),
        ("packets > 100", "web"), ("packets = 2", "dns"), ("packets lt 10", "dns"), ("duration > 1m", "ftp shop dot"),
        ("duration > 500ms and duration < 10s", "dns knock"), ("pps > 3", "shop"), ("pps < 5", ""),
        ("not host 10.0.0.7", "dns knock ftp shop scan dot"),
        ("proto tcp and not (port 443 or port 22)", "ftp shop dot"),
        ("(src ip 10.0.0.7 or src ip 10.0.0.8) and dst port 443", "web"), ("mark = 5", "web"),
    ]

    static let tcpdump: [Row] = [
        ("tcp", "web knock ftp shop scan dot"), ("udp", "dns"), ("icmp", "ping"),
        ("ip", "web ping knock ftp shop scan"),
        ("ip6", "dns dot"),
        ("host 10.0.0.7", "web ping"), ("src host 10.0.0.7", "web ping"), ("dst host 8.8.8.8", "ping"),
        ("src 10.0.0.7", "web ping"),
        ("dst 192.0.2.1", "knock shop scan"), ("net 192.0.2", "knock shop scan"), ("net 10.0", "web ping ftp"),
        ("src net 10.0.0.0 mask 255.0.0.0", "web ping ftp"), ("net 203.0.113.0 mask 255.255.255.252", ""),
        ("port 443", "web"), ("src port 5353", "dns"), ("dst port 22", "knock"), ("portrange 20-22", "knock ftp scan"),
        ("dst portrange 20:22", "knock ftp scan"), ("tcp port 443", "web"), ("udp port 53", "dns"),
        ("tcp dst port 8080", "shop"),
        ("ip host 10.0.0.7 and icmp", "ping"), ("ip proto 1", "ping"), ("ip6 proto \\tcp", "dot"),
        ("port 22 or 443", "web knock"),
        ("port 22 or 443 or 853", "web knock dot"), ("tcp dst port 21 or 22", "knock ftp"),
        ("host 10.0.0.7 and 8.8.8.8", "ping"), ("dst port (22 or 443)", "web knock"),
        ("host (10.0.0.8 or 203.0.113.5)", "knock ftp"),
        ("not port 22 and tcp", "web ftp shop dot"), ("! port 22 && tcp", "web ftp shop dot"),
        ("tcp or udp and port 53", "web dns knock ftp shop scan dot"),
        ("(tcp or udp) and port 53", "dns"), ("src or dst port 443", "web"), ("src and dst net 10.0.0.0/8", ""),
        ("src 10.0.0.7 and dst port 443", "web"),
        ("host 2001:db8::7 or 203.0.113.9", "dns shop"),
    ]

    static let own: [Row] = [
        ("", all), ("rule = lan-out", "web dot"), ("rule lan*", "web ftp dot"), ("rule = *-in", "knock ftp shop"),
        ("rule = 'lan*'", ""),
        ("rule != lan*", "knock shop scan"), ("rule in [ssh* web*]", "knock shop"), ("rule = l*o*t", "web dot"),
        ("rule = *", "web knock ftp shop scan dot"), ("iif = lan*", "web dot"),
        ("iif lan0 or oif lan0", "web shop"), ("oif != wan*", "knock shop scan"),
        ("if wan*", "web knock ftp shop scan dot"),
        ("iif in [dmz0 lan1]", "ftp dot"), ("verdict = drop", "knock scan"), ("verdict != drop", "web shop dot"),
        ("denied", "knock shop scan"),
        ("not denied", "web dns ping ftp dot"), ("prefix = drop:ssh-in", "knock"),
        ("prefix = accept:*", "web shop dot"), ("zone = 7", "ftp"), ("zone != 7", "web dns ping shop"),
        ("mark = 0x10/0xf0", "ftp"),
        ("mark = 0", "dns ping shop"), ("state established", "web ftp"), ("state = ESTABLISHED", "web ftp"),
        ("state in [time_wait close]", "shop"), ("status assured", "web ftp shop"), ("status = unreplied", "ping"),
        ("status != offload", "web dns ping shop"), ("natsrc = 192.0.2.1", "web"), ("natdst 10.0.0.5", "shop"),
        ("natdport = 80", "shop"),
        ("natsport = 51514", "web"), ("natsrc != 192.0.2.1", ""), ("lane = nflog", "web knock ftp shop scan dot"),
        ("lane != conntrack", "knock scan dot"), ("helper = ftp", "ftp"),
        ("helper != ftp", "web dns ping shop"), ("helper = f*", "ftp"), ("exact", "web dns"),
        ("not exact", "ping knock ftp shop scan dot"), ("exactness = lower-bound", "knock shop scan dot"),
        ("exactness = frozen", "ftp"), ("exactness = unknown", "ping"), ("family ipv6", "dns dot"),
        ("rate > 1k", "shop"), ("rate <= 2000", "shop"),
        ("bytes >= 60", "web dns knock ftp shop scan dot"), ("bytes > 60", "web dns ftp shop"), ("not bytes > 60", ""),
        ("not bytes > 1M", "dns"), ("bytes = 1500000", "web"),
        ("start > -10s", "dns knock"), ("start < -1h", "ftp"), ("start >= 10m", "web dns knock shop scan dot"),
        ("start > 2026-01-05T10:00:00Z", "dns knock scan"), ("start = 2026-01-05T10:00:00Z", "web"),
        ("start >= 2026-01-05T11:00:00+01:00", "web dns knock scan"),
        ("start = 2026-01-05", "web dns knock shop scan dot"), ("start < 2026-01-05", "ftp"),
        ("start >= 1767607200", "web dns knock scan"), ("start != 2026-01-04", "web dns knock shop scan dot"),
        ("age > 1h", "ftp"), ("rule = policy", "shop scan"), ("rule != web-in", "web knock ftp scan dot"),
        ("verdict = reject", "shop"), ("verdict != reject", "web knock scan dot"),
        ("attempts > 5", "shop scan"), ("attempts <= 5", "web dns ping knock ftp dot"),
        ("attempts = 0", "web dns ping ftp dot"), ("attempts = 10", "shop"), ("uid = 1000", "shop"),
        ("uid != 0", "shop"), ("gid < 1000", "shop"), ("mac = 02:00:5E:10:00:01", "shop"), ("vlan = 34", "dns"),
        ("mac != 02:00:5e:10:00:01", ""), ("vlan = 12", "shop"), ("vlan >= 100", ""), ("physout = lan*", "shop"),
        ("physin = lan1", ""),
        ("dport = 500", ""), ("dport = 1023", "scan"), ("dport = 1024", ""),
        ("not dport 1024 and denied and lane != conntrack", "knock scan"), ("sport != 1", "web dns knock ftp shop dot"),
        ("icmp or denied", "ping knock shop scan"), ("src 10.0.0.7 and not icmp", "web"),
        ("dport not in [22 443]", "dns ftp shop dot"), ("host not in [10.0.0.0/8 203.0.113.0/24]", "dns dot"),
        ("family = 6 and lane conntrack", "dns"),
    ]

    @Test func thereAreEnoughExamples() {
        #expect(Self.goQuery.count + Self.nfdump.count + Self.tcpdump.count + Self.own.count >= 120)
    }

    private func check(_ rows: [Row]) throws {
        let town = Town()
        for row in rows {
            let names = try town.matches(row.text)
            #expect(names == row.names, "\(row.text)")
        }
    }

    @Test func conditionsOfGoQueryMeanWhatTheyMeanThere() throws { try check(Self.goQuery) }

    @Test func filtersOfNfdumpMeanWhatTheyMeanThere() throws { try check(Self.nfdump) }

    @Test func expressionsOfTcpdumpMeanWhatTheyMeanThere() throws { try check(Self.tcpdump) }

    @Test func whatNeitherOfThemKnowsCanBeAskedFor() throws { try check(Self.own) }

    /// What --explain shows is a filter, too, and the same one.
    @Test func theCanonicalSpellingMeansTheSame() throws {
        let town = Town()
        for row in Self.goQuery + Self.nfdump + Self.tcpdump + Self.own {
            let text = try SessionFilter(parsing: row.text, names: town.names).canonicalText(town.names)
            let names = try town.matches(text)
            #expect(names == row.names, "\(row.text) as \(text)")
            let again = try SessionFilter(parsing: text, names: town.names).canonicalText(town.names)
            #expect(again == text)
        }
    }

    /// A filter is asked of each session whether it is meant, and whether it is known not to be: never both.
    @Test func whatIsMeantIsNeverExcluded() throws {
        let town = Town()
        for row in Self.goQuery + Self.nfdump + Self.tcpdump + Self.own {
            let filter = try SessionFilter(parsing: row.text, names: town.names)
            for (name, session) in town.sessions {
                let isMeant = filter.admits(session, interfaces: town.interfaces, now: Town.now)
                let isExcluded = filter.excludes(session, interfaces: town.interfaces, now: Town.now)
                #expect(!(isMeant && isExcluded), "\(row.text): \(name)")
            }
        }
    }
}
