import FlowModel

extension Examination {
    /// NFLOG groups: those that nfmon reads must be free and fed; of the others, those that only one side knows of.
    var groups: [Finding] { taken + unfed + unread + idle }

    private var readers: [GroupReader] { facts.groupReaders ?? [] }

    /// An nfmon that has the group already is whom the others are to ask.
    private var taken: [Finding] {
        readers.filter { question.groups.contains($0.group) && !$0.process.isNFMon }.map { reader in
            Finding(
                "group-taken",
                "NFLOG group \(reader.group) is read by \(reader.process), and a group has one reader, so nfmon would know no "
                    + "interface or rule of what it logs",
                end(reader.process, or: "choose another group with --group, and feed that"))
        }
    }

    private var unfed: [Finding] {
        guard let rules = facts.rules else { return [] }
        let fed = Set(rules.map(\.group))
        // Without nft nobody knows what was made with it, by firewalld for example.
        let known =
            facts.ruleTools.contains("nft") ? "" : "that \(facts.ruleTools.joined(separator: " or ")) knows of "
        return question.groups.filter { !fed.contains($0) }.map { group in
            Finding(
                "group-unfed",
                "no rule \(known)logs to NFLOG group \(group), so interfaces, rules and denied packets stay unknown",
                .command(shell.command(feeding(group))))
        }
    }

    /// The line that feeds a group with the packet that opens each connection.
    private func feeding(_ group: UInt16) -> [String] {
        switch question.ruleTool {
        case .iptables:
            [
                "iptables", "-I", "FORWARD", "-m", "conntrack", "!", "--ctstatus", "CONFIRMED", "-j", "NFLOG",
                "--nflog-group", "\(group)", "--nflog-prefix", "new", "--nflog-size", "128",
            ]
        case .nft:
            [
                "nft",
                """
                table inet nfmon { chain forward { type filter hook forward priority -1; ct status ! confirmed \
                log prefix "new" group \(group) snaplen 128; }; }
                """,
            ]
        }
    }

    /// Commands in one line that still say what they do.
    private static let manyRules = 4

    private var unread: [Finding] {
        guard let rules = facts.rules, facts.groupReaders != nil else { return [] }
        let known = Set(question.groups).union(readers.map(\.group))
        let unread = Dictionary(grouping: rules.filter { !known.contains($0.group) }, by: \.group)
        return unread.sorted { $0.key < $1.key }.map { group, rules in
            let first = "\(rules[0].family) \(rules[0].table) \(rules[0].chain)"
            let onlyLog = rules.allSatisfy(\.onlyLogs)
            let places =
                rules.count == 1 ? "a rule in \(first) logs" : "\(rules.count) rules, the first in \(first), log"
            return Finding(
                "group-unread",
                "\(places) to NFLOG group \(group), which nobody reads"
                    + (onlyLog
                        ? ": have nfmon read it with --group \(group), or delete the rule\(rules.count == 1 ? "" : "s")"
                        : ""),
                onlyLog ? deletion(of: rules) : replacement(of: rules, group))
        }
    }

    private func deletion(of rules: [LogRule]) -> Cure {
        guard rules.count <= Self.manyRules, rules.allSatisfy({ !$0.deletion.isEmpty && Shell.isPlain($0.deletion) })
        else {
            return .advice("the firewall's own tool shows \(rules.count == 1 ? "its text" : "their texts")")
        }
        return .command(rules.map { shell.command($0.deletion) }.joined(separator: " && "))
    }

    /// A rule that also decides must stay: what is to go is its log statement, and the rest is the firewall's author's to say.
    private func replacement(of rules: [LogRule], _ group: UInt16) -> Cure {
        var places: [String] = []
        for rule in rules where !rule.onlyLogs {
            let place = "\(rule.family) \(rule.table) \(rule.chain)" + (rule.handle.map { " handle \($0)" } ?? "")
            if !places.contains(place) { places.append(place) }
        }
        let isOne = places.count == 1
        let more = places.count > Self.manyRules ? " and \(places.count - Self.manyRules) more" : ""
        return .advice(
            "have nfmon read it with --group \(group), or replace \(places.prefix(Self.manyRules).joined(separator: ", "))\(more) "
                + "without \(isOne ? "its log statement: it does" : "their log statements: they do") more than log, so do not "
                + "delete \(isOne ? "it" : "them")")
    }

    private var idle: [Finding] {
        guard let rules = facts.rules else { return [] }
        let known = Set(question.groups).union(rules.map(\.group))
        return readers.filter { !known.contains($0.group) && !$0.process.isNFMon }.map { reader in
            Finding(
                "group-idle",
                "\(reader.process) reads NFLOG group \(reader.group), to which no rule logs: its rule is gone, or it is not needed",
                end(reader.process, or: "feed the group, or end its reader"))
        }
    }

    /// Ends a process; where its number is not known, what else can be done.
    func end(_ process: ProcessName, or advice: String) -> Cure {
        process.number.map { .command("kill \($0)") } ?? .advice(advice)
    }
}
