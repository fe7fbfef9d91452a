import FlowModel
import Query
import Testing

/// What --explain says of a filter.
struct FilterExplanationTests {
    private let names = NameTable()

    private func text(_ filter: String, joinsPackets: Bool = false) throws -> String {
        let filter = try SessionFilter(parsing: filter, names: names)
        var explanation = FilterExplanation()
        explanation.append(filter, names: names)
        explanation.append(
            filter.sourceFilter(joinsPackets: joinsPackets), of: filter, remark: "by magic", names: names)
        return explanation.text
    }

    @Test func eachPartHasALineInOneSpelling() throws {
        #expect(
            try text("tcp & dport in {80,443} && !(snet = 10/8) and bytes gt 1M and rule ssh-*") == """
                filter  proto = tcp
                        and (dport = 80 or dport = 443)
                        and src != 10.0.0.0/8
                        and bytes > 1000000
                        and rule = ssh-*
                needs   nflog for rule
                kernel  leaves out, by magic, conntrack's messages but of
                          proto = tcp
                          and (dport = 80 or dport = 443)
                          and src != 10.0.0.0/8
                nfmon   decides on what is left, and alone on bytes, rule

                """)
    }

    @Test func besidePacketsTheKernelIsToldLess() throws {
        let text = try text("zone = 7 and src 10.0.0.7 and port 53", joinsPackets: true)
        #expect(text.contains("needs   conntrack for zone\n"))
        #expect(text.contains("an address = 10.0.0.7"))
        #expect(text.contains("a port = 53"))
    }

    @Test func whatNoMessageTellsTheKernelCannotLeaveOut() throws {
        #expect(try text("bytes > 1M").hasSuffix("kernel  leaves out nothing: nfmon decides\n"))
        #expect(try text("").hasPrefix("filter  any\nneeds   nothing"))
    }

    @Test func groupsAreExplainedToo() throws {
        var explanation = FilterExplanation()
        let grouping = try Grouping(parsing: "src/24 rule")
        explanation.append(grouping)
        explanation.append(
            try GroupFilter(parsing: "sessions > 10 or rule = 'a b'", grouping: grouping, names: names),
            grouping: grouping,
            names: names)
        #expect(
            explanation.text == """
                by      src/24, rule
                having  sessions > 10
                        or rule = 'a b'

                """)
    }

    @Test(arguments: [
        ("start > -10m", "start > -10m"), ("start <= 2h30m", "start <= -2h30m"),
        ("duration >= 90s", "duration >= 1m30s"), ("start = 2026-01-05", "start = 2026-01-05"),
        ("start != 2026-01-05T10:00:00Z", "start != 2026-01-05T10:00:00Z"),
        ("port 80-90", "sport = 80-90 or dport = 80-90"), ("not bytes > 5", "not bytes >= 6"),
        ("mark 0x10/0xff", "mark = 0x10/0xff"), ("status unreplied", "status != seen-reply"),
        ("prefix drop:ssh", "verdict = drop and rule = ssh"), ("rule 'or'", "rule = 'or'"), ("!denied", "not denied"),
        ("proto 200", "proto = 200"), ("src and dst net 10/8", "src = 10.0.0.0/8 and dst = 10.0.0.0/8"),
        ("tcp and (tcp or udp) and tcp", "proto = tcp and (proto = tcp or proto = udp)"), ("any", "any"),
        ("not any", "not any"),
        ("port 80 or 443 and tcp", "sport = 80 or dport = 80 or ((sport = 443 or dport = 443) and proto = tcp)"),
    ])
    func oneSpellingStandsForAll(_ written: String, _ canonical: String) throws {
        #expect(try SessionFilter(parsing: written, names: names).canonicalText(names) == canonical)
    }
}
