import FlowModel

/// Everything that is known of one session.
struct DetailPage {
    let session: SessionRow
    let isGone: Bool
    let context: CellContext

    /// Columns of the words on the left.
    private static let labelWidth = 14

    var lines: [ScreenLine] {
        var lines = [ScreenLine("session \(session.id)", .strong)]
        if isGone {
            lines.append(ScreenLine("it has ended, or the filter no longer finds it: this was its last state", .alarm))
        }
        lines.append(ScreenLine())
        lines += identity + [ScreenLine()] + counts
        if !denials.isEmpty { lines += [ScreenLine(), ScreenLine("denied", .strong)] + denials }
        return lines
    }

    // MARK: Who, when, by which way

    private var identity: [ScreenLine] {
        let value = session.value
        return [
            line("protocol", [session.transport, session.state, join(session.status)]),
            line("original", [tuple(.original)]),
            // Of what only packets told nobody knows what answers would look like.
            line("reply", [isTracked ? tuple(.reply) : nil]),
            line("translated", translations),
            line("zone, mark", zoneAndMark),
            line("began", [session.start, session.duration.map { "\($0.durationText) ago" }]),
            line("last seen", [session.lastSeen]),
            line("in, out", [way(value["observer"]), mirrored]),
            line("answers", [way(session.nfmon["reply"])]),
            line(
                "bridge ports",
                [way(session.nfmon["physical"]), way(session.nfmon["reply_physical"]).map { "answers \($0)" }]),
            line("vlan", [value["observer"]?["ingress"]?["vlan"]?["id"]?.string]),
            line(
                "neighbours",
                [value["source"]?["mac"]?.string, value["destination"]?["mac"]?.string.map { "answers \($0)" }]),
            line(
                "owner",
                [
                    value["user"]?["id"]?.string.map { "uid \($0)" },
                    value["user"]?["group"]?["id"]?.string.map { "gid \($0)" },
                ]),
            line("rule", [session.rule, session.verdict]),
            line("helper", [session.nfmon["helper"]?.string]),
            line("community id", [value["network"]?["community_id"]?.string]),
            line("translated id", [session.nfmon["nat_community_id"]?.string]),
        ].compactMap(\.self)
    }

    private var lanes: [String] { session.nfmon["lanes"]?.elements.compactMap(\.string) ?? [] }

    private var isTracked: Bool { lanes.contains("conntrack") }

    private enum Direction {
        case original
        case reply
    }

    /// The addresses that packets of a direction have when they come in.
    private func tuple(_ direction: Direction) -> String? {
        guard let source = session.end("source"), let destination = session.end("destination") else { return nil }
        switch direction {
        case .original:
            return
                "\(SessionColumns.source(session, context.names)) -> \(SessionColumns.destination(session, context.names))"
        case .reply:
            let from = session.translatedEnd("destination") ?? destination
            let to = session.translatedEnd("source") ?? source
            return "\(text(from)) -> \(text(to))"
        }
    }

    private func text(_ end: RowEndpoint) -> String { end.text(name: context.names[end.address]) }

    private var translations: [String?] {
        [
            session.translatedEnd("source").map { "the source is seen as \($0.text())" },
            session.translatedEnd("destination").map { "the destination really is \($0.text())" },
        ]
    }

    private var zoneAndMark: [String?] {
        [
            session.zone.map { "zone \($0)" }, session.nfmon["reply_zone"]?.whole.map { "of answers \($0)" },
            session.nfmon["mark"]?.whole.map { "mark 0x\(String($0, radix: 16))" },
        ]
    }

    private var mirrored: String? {
        let ways = session.nfmon["mirrored"]?.elements.compactMap(\.string) ?? []
        return ways.isEmpty ? nil : "(\(ways.joined(separator: " and ")) known from the answers alone)"
    }

    /// `lan0 -> wan0`, of interfaces as ECS has them or of plain names.
    private func way(_ value: JSONValue?) -> String? {
        func name(_ way: String) -> String? {
            value?[way]?.string ?? value?[way]?["interface"]?["name"]?.string
        }
        let (ingress, egress) = (name("ingress"), name("egress"))
        guard ingress != nil || egress != nil else { return nil }
        return "\(ingress ?? "-") -> \(egress ?? "-")"
    }

    private func join(_ words: [String]) -> String? { words.isEmpty ? nil : words.joined(separator: " ") }

    // MARK: How much, and how sure that is

    private var counts: [ScreenLine] {
        var lines = [heading(["packets", "bytes", "how sure"])]
        let total = session.value["network"]
        lines.append(counts("both ways", total, exactness(of: session.nfmon, total)))
        lines.append(counts("from source", session.value["source"], nil))
        lines.append(counts("to source", session.value["destination"], nil))
        if let logged = session.nfmon["nflog"] { lines.append(counts("logged", logged, exactness(of: logged, logged))) }
        for tap in session.nfmon["packet"]?.elements ?? [] { lines += counts(of: tap) }
        if let rate = session.nfmon["rate"] { lines.append(counts("per second", rate, nil)) }
        let rest = [
            line("lanes", [join(lanes)]),
            line("figures", [(session.nfmon["counters"]?["age"]?.whole).map { "\($0.durationText) old" }]),
            line("icmp errors", [session.nfmon["icmp_errors"]?.whole?.grouped]),
        ]
        return lines + rest.compactMap(\.self)
    }

    /// What a capture saw at one tap: as it passed, and on the wire where that is another number of packets.
    private func counts(of tap: JSONValue) -> [ScreenLine] {
        let label = [tap["interface"]?.string, tap["direction"]?.string].compactMap(\.self).joined(separator: " ")
        var lines = [ScreenLine("seen at \(label)")]
        for (way, word) in [("original", "from source"), ("reply", "to source")] {
            guard let seen = tap[way] else { continue }
            lines.append(counts("  \(word)", seen, exactness(of: tap, seen)))
            if let wire = seen["wire"], wire["packets"]?.whole != seen["packets"]?.whole {
                lines.append(counts("  on the wire", wire, seen["unsplit"] == nil ? nil : "at least"))
            }
        }
        return lines
    }

    private func exactness(of value: JSONValue, _ counts: JSONValue?) -> String {
        guard counts?["bytes"] != nil else { return "unknown" }
        return value["exact"]?.bool == true ? "exact" : value["exactness"]?.string ?? "unknown"
    }

    private func heading(_ titles: [String]) -> ScreenLine {
        var line = ScreenLine()
        line.pad(to: Self.labelWidth)
        for title in titles.dropLast() { line.append(right(title)) }
        line.append("  \(titles.last ?? "")")
        return line.styled(.strong)
    }

    private func counts(_ label: String, _ value: JSONValue?, _ sureness: String?) -> ScreenLine {
        var line = ScreenLine(label)
        line.pad(to: Self.labelWidth)
        line.append(right(value?["packets"]?.whole?.grouped ?? "-"))
        line.append(right(value?["bytes"]?.whole.map(context.units.text) ?? "-"))
        if let sureness { line.append("  \(sureness)", sureness == "exact" ? .good : .warning) }
        return line
    }

    private func right(_ text: String) -> String { String(repeating: " ", count: max(1, 14 - text.count)) + text }

    // MARK: What rules denied

    private var denials: [ScreenLine] {
        session.denials.map { denial in
            if let others = denial["other_rules"]?.whole {
                return ScreenLine(
                    "  \(others.grouped) other rules  \(denial["packets"]?.whole?.grouped ?? "-") packets")
            }
            var line = ScreenLine("  ")
            line.append(
                [denial["verdict"]?.string, denial["rule"]?.string].compactMap(\.self).joined(separator: " "), .alarm)
            line.append("  \(denial["packets"]?.whole?.grouped ?? "-") packets")
            if let first = denial["first"]?.string, let last = denial["last"]?.string {
                line.append("  from \(first) to \(last)")
            }
            if let from = denial["ports"]?["from"]?.whole, let to = denial["ports"]?["to"]?.whole {
                line.append("  ports \(from)-\(to)")
            }
            if let later = denial["later"]?["session"]?.string {
                line.append("  later through: session \(later)", .warning)
            }
            return line
        }
    }

    /// A label and what there is to say; `nil` where that is nothing.
    private func line(_ label: String, _ parts: [String?]) -> ScreenLine? {
        let words = parts.compactMap(\.self).filter { !$0.isEmpty }
        guard !words.isEmpty else { return nil }
        var line = ScreenLine(label)
        line.pad(to: Self.labelWidth)
        line.append(words.joined(separator: "  "))
        return line
    }
}
