public import FlowModel

/// The rules of `iptables-save` that log to groups.
public enum SavedRules {
    /// - Parameters:
    ///   - text: what `iptables-save` or `ip6tables-save` wrote.
    ///   - family: `ip` or `ip6`.
    ///   - command: what deletes a rule: `iptables-legacy`, `ip6tables-nft`.
    public static func logRules(in text: String, family: String, command: String) -> [LogRule] {
        var table = ""
        var rules: [LogRule] = []
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("*") {
                table = String(line.dropFirst())
            } else if let words = ruleWords(line) {
                guard words.count > 1, let group = group(in: words) else { continue }
                rules.append(
                    LogRule(
                        group: group, family: family, table: table, chain: words[1],
                        onlyLogs: !zip(words, words.dropFirst()).contains {
                            $0 == "-m" && lastingMatches.contains($1)
                        },
                        deletion: [command, "-t", table, "-D"] + words.dropFirst()))
            }
        }
        return rules
    }

    /// Whether one of the rules of `iptables-save` makes conntrack track sessions (`nf_ct_netns_get` in the kernel's modules).
    public static func useConntrack(in text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).lazy.compactMap(ruleWords).contains { words in
            zip(words, words.dropFirst()).contains { option, name in
                option == "-m" && trackingMatches.contains(name) || option == "-j" && trackingTargets.contains(name)
            }
        }
    }

    /// The words of a rule, without the counters that `-c` puts before it; `nil` of another line.
    private static func ruleWords(_ line: Substring) -> [String]? {
        let (_, rule) = SavedRuleset.withoutCounters(line)
        return rule.hasPrefix("-A ") ? QuotedWords.split(rule, .iptables) : nil
    }

    /// Matches that write down what other rules go by, or what somebody reads: NFLOG only logs, but these do more.
    private static let lastingMatches: Set = ["recent", "hashlimit", "nfacct"]

    private static let trackingMatches: Set = [
        "conntrack", "state", "connmark", "connbytes", "connlimit", "connlabel", "helper", "cluster",
    ]
    private static let trackingTargets: Set = [
        "MASQUERADE", "SNAT", "DNAT", "REDIRECT", "NETMAP", "CONNMARK", "CONNSECMARK", "CT", "SYNPROXY",
    ]

    /// The group that a rule logs to: 0 where none is written. `nil` where it does not log to one.
    private static func group(in words: [String]) -> UInt16? {
        guard let target = words.lastIndex(of: "-j"), target + 1 < words.count, words[target + 1] == "NFLOG" else {
            return nil
        }
        guard let option = words[target...].firstIndex(of: "--nflog-group") else { return 0 }
        return option + 1 < words.count ? UInt16(words[option + 1]) : nil
    }
}
