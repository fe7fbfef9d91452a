import FlowModel
import Query
import Testing

/// A filter that cannot be read says where, and what would be right there.
struct FilterErrorTests {
    private func failure(_ text: String) -> FilterError? {
        do throws(FilterError) {
            _ = try SessionFilter(parsing: text, names: NameTable())
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("dprt = 443", 0, "'dprt' is no column"), ("dport = 443 and", 15, "expected a column"),
        ("dport = ", 8, "expected a port"), ("dport = http", 8, "expected a port"),
        ("dport = 65536", 8, "expected a port"),
        ("dport in [80", 12, "expected a port"), ("dport in []", 10, "expected a port"),
        ("dport in 80", 9, "expected a list"),
        ("(tcp", 4, "expected a closing parenthesis"), ("tcp)", 3, "no parenthesis is open"),
        ("tcp udp", 4, "expected and"),
        ("src < 10.0.0.1", 4, "= and != only"), ("src = 10.0.0.256", 6, "expected an address"),
        ("src = 10.0.0.0/33", 6, "expected an address"), ("src 10.0.0.01", 4, "expected an address"),
        ("src = 1::2::3", 6, "expected an address"), ("net 10", 4, "expected an address"),
        ("port 90-80", 5, "expected a port"), ("bytes > 1x", 8, "expected a number of bytes"),
        ("bytes > 99999999999999999999", 8, "expected a number"), ("duration > 10", 11, "with its unit"),
        ("mark = 5/6/7", 7, "expected a mark"), ("state = open", 8, "expected a TCP state"),
        ("rule = ", 7, "rule's name"),
        ("src = 'a", 6, "the quote"), ("'src' = 1.2.3.4", 0, "expected a column"),
        ("rule = and", 7, "rule's name"), ("rule = ''", 7, "rule's name"), ("ip ip ip", 6, "expected an address"),
        ("dport < 0", 8, "nothing is beyond"),
        ("port > 65535", 7, "nothing is beyond"), ("mark = 0x11/0xf0", 7, "has its bits"),
        ("80 or 443", 0, "has no column"),
        ("port +80", 5, "expected a port"), ("mark 0x+5", 5, "expected a mark"),
        ("net 10.0.0.0/+8", 4, "expected an address"),
        ("tcp ip6", 4, "expected and"), ("drop", 0, "'drop' is no column"), ("and tcp", 0, "expected a column"),
        ("not", 3, "expected a column"),
        ("= 5", 0, "expected a column"), ("proto = 256", 8, "expected a protocol"),
        ("verdict = denied", 10, "accept, drop"),
        ("flags S", 0, "state = established"), ("bps > 1k", 0, "use rate"),
        ("ether src 02:00:5e:10:00:01", 0, "IP header"),
        ("inbound", 0, "iif or oif"), ("dir = in", 0, "iif or oif"), ("as 65000", 0, "use net"),
        ("flows > 5", 0, "--having"), ("sessions > 5", 0, "--having"), ("reject", 0, "verdict = reject"),
        ("iif lan0 or wan0", 12, "iif in ["), ("tcp port 80 or http", 15, "repeat it"),
        ("src 10.0.0.1 dst 10.0.0.2", 13, "joined by a word"),
        ("port != 80 or 443", 14, "has no column"), ("(port 80) or 443", 13, "has no column"),
        ("port 80 or tcp or 443", 18, "has no column"), ("port (80 and 443)", 9, "expected a port"),
        ("port (80 or 443", 15, "expected a port"),
        ("net 10.0.0.0 mask 255.0.255.0", 13, "found 'mask'"), ("net 10.0.0.0/8 mask 255.0.0.0", 15, "found 'mask'"),
        ("rule = *ssh* web", 13, "found 'web'"),
        ("start > 10", 8, "expected a time"), ("start > 2026-13-01", 8, "expected a time"),
        ("start > 2026-02-30", 8, "expected a time"), ("start > 2026-01-05T25:00:00Z", 8, "expected a time"),
        ("start > 2026-01-05T10:00:00", 8, "expected a time"), ("start in -10m", 9, "expected a list"),
        ("mac = 02:00:5e:10:00", 6, "expected an Ethernet"), ("mac > 02:00:5e:10:00:01", 4, "= and != only"),
        ("vlan = 4096", 7, "expected a VLAN"), ("uid = root", 6, "user's number"),
        ("exactness = sure", 12, "lower-bound"), ("duration > 10", 11, "with its unit"),
        ("rate > fast", 7, "bytes per second"),
        ("{tcp)", 4, "closing parenthesis"), ("[tcp", 4, "closing parenthesis"), ("tcp ]", 4, "no parenthesis is open"),
        ("dport eq", 8, "expected a port"), ("dport g", 6, "expected a port"), ("tcp + ", 6, "expected a column"),
        ("* tcp", 0, "no column"),
    ])
    func theCaretStandsWhereItIsWrong(_ text: String, _ offset: Int, _ reason: String) throws {
        let error = try #require(failure(text))
        #expect(error.offset == offset, "\(error)")
        #expect(error.description.contains(reason), "\(error)")
        let lines = error.description.split(separator: "\n")
        #expect(lines.count == 3 && lines[2].count == offset + 3, "\(error)")
    }

    @Test func longFilterIsShownInPart() throws {
        let text = Array(repeating: "port 80", count: 100).joined(separator: " or ") + " or prt 5"
        let lines = try #require(failure(text)).description.split(separator: "\n")
        #expect(lines[1].count <= 80)
        let caret = lines[2].count - 1
        #expect(String(lines[1].dropFirst(caret)).hasPrefix("prt 5"))
    }

    @Test func hostileTextIsShownWithoutItsControls() throws {
        let description = try #require(failure("port \u{1b}[31m = 5\nx")).description
        #expect(!description.contains("\u{1b}"))
        #expect(description.split(separator: "\n").count == 3)
    }

    @Test func nestingAndLengthAreBounded() {
        #expect(failure(String(repeating: "(", count: 64) + "tcp" + String(repeating: ")", count: 64)) == nil)
        #expect(failure(String(repeating: "(", count: 100_000))?.description.contains("64 parentheses") == true)
        #expect(failure(String(repeating: "! ", count: 100_000) + "tcp") == nil, "no nesting")
        // Ten thousand of each.
        #expect(failure(String(repeating: "(", count: 10_000) + "tcp" + String(repeating: ")", count: 10_000)) != nil)
        #expect(failure(String(repeating: "not (", count: 10_000))?.description.contains("64 parentheses") == true)
        #expect(failure(String(repeating: "{", count: 10_000))?.description.contains("64 parentheses") == true)
        #expect(failure(String(repeating: "not ", count: 10_000)) != nil, "nothing follows them")
        #expect(failure(String(repeating: "tcp and ", count: 10_000)) != nil, "that many tests")
        let ports = (0..<5000).map(String.init).joined(separator: " ")
        let many = failure("port in [\(ports)]")?.description
        #expect(many?.contains("more than 4096 tests: write < and > in place of many values, and networks") == true)
        #expect(failure("port >= 0 and port < 5000 and net = 10.0.0.0/8") == nil)
    }

    /// Whatever is written, there is an answer.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func anyTextIsReadOrRefused(seed: UInt64) {
        let words = [
            "src", "dst", "port", "net", "in", "not", "(", ")", "[", "]", "and", "or", "=", "!=", "<", "80",
            "10.0.0.0/8",
            "tcp", "ip", "::1", "'x'", "!", "&", "|", ",", "bytes", "1M", "if", "out", "mark", "5/3", "/", "-", "é",
            "\"",
        ]
        var state = seed
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int(state >> 33 % 12) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += words[Int(state >> 33) % words.count] + (state & 1 << 40 == 0 ? " " : "")
            }
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            if let error = failure(text) { #expect((0...text.count).contains(error.offset)) }
        }
    }
}
