public import FlowModel

/// The rules in the text of `iptables-save -c` that drop packets, keep them from conntrack or log them to a group.
public struct SavedRuleset: Sendable {
    public private(set) var rules: [FirewallRule] = []

    private let family: String
    private var table = ""
    private var chains = RuleChains()
    /// The table's first rule in ``rules``.
    private var tableStart = 0
    /// How often each text has come: two equal rules are two.
    private var counts: [String: Int] = [:]

    /// - Parameter family: `ip` or `ip6`.
    public init(_ text: String, family: String) {
        self.family = family
        for line in text.split(whereSeparator: \.isNewline) { read(line) }
        endTable()
    }

    private mutating func read(_ line: Substring) {
        if line.hasPrefix("*") {
            endTable()
            table = String(line.dropFirst())
        } else if line.hasPrefix(":") {
            readChain(line.dropFirst())
        } else {
            let (counters, rest) = Self.withoutCounters(line)
            if rest.hasPrefix("-A ") { readRule(rest, counters) }
        }
    }

    private mutating func endTable() {
        for index in rules.indices.dropFirst(tableStart) {
            rules[index].learn(chains.origin(of: rules[index].chain))
        }
        tableStart = rules.count
        chains = RuleChains()
        counts = [:]
    }

    /// `INPUT DROP [12:720]`, or `USER - [0:0]` of a chain that others jump to.
    private mutating func readChain(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count >= 2, let place = place(of: words[0]) else { return }
        chains.add(String(words[0]), at: place)
        guard words[1] == "DROP" else { return }
        var rule = FirewallRule(
            family: family, table: table, chain: String(words[0]), name: "policy", effects: [.drop],
            match: RuleMatch(tests: familyTests), counters: words.count > 2 ? Self.counters(words[2]) : nil,
            text: "policy DROP")
        rule.isPolicy = true
        rules.append(rule)
    }

    private func place(of chain: Substring) -> HookPlace? {
        guard let hook = NetfilterHook(rawValue: chain.lowercased()) else { return nil }
        switch table {
        case "raw": return HookPlace(hook, -300)
        case "mangle": return HookPlace(hook, -150)
        case "nat":
            let isOfSource = hook == .postrouting || hook == .input
            return HookPlace(hook, isOfSource ? HookPlace.sourceNATPriority : HookPlace.destinationNATPriority)
        case "filter": return HookPlace(hook, 0)
        case "security": return HookPlace(hook, 50)
        default: return nil
        }
    }

    /// `[12:720] -A INPUT …`
    static func withoutCounters(_ line: Substring) -> (Counters?, Substring) {
        guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return (nil, line) }
        return (counters(line[...end]), line[line.index(after: end)...].drop { $0 == " " })
    }

    private static func counters(_ text: Substring) -> Counters? {
        let numbers = text.drop { $0 == "[" }.prefix { $0 != "]" }.split(separator: ":").map { UInt64($0) }
        guard numbers.count == 2, let packets = numbers[0], let bytes = numbers[1] else { return nil }
        return Counters(packetCount: packets, byteCount: bytes)
    }

    /// Every rule of iptables is of one family.
    private var familyTests: [RuleMatch.Test] { [RuleMatch.Test(.family(family == "ip6" ? .ipv6 : .ipv4))] }

    private mutating func readRule(_ line: Substring, _ counters: Counters?) {
        let words = QuotedWords.split(line, .iptables)
        guard words.count > 2 else { return }
        let chain = words[1]
        var reader = SavedRuleReader(Array(words[2...]), family: family == "ip6" ? .ipv6 : .ipv4)
        reader.read()
        if let target = reader.jump {
            chains.add(jumpFrom: chain, to: target, with: reader.match)
        }
        guard !reader.effects.isEmpty else { return }
        let text = String(line.dropFirst("-A ".count).drop { $0 != " " }.dropFirst())
        let count = counts["\(chain) \(text)", default: 0]
        counts["\(chain) \(text)"] = count + 1
        rules.append(
            FirewallRule(
                family: family, table: table, chain: chain, name: count == 0 ? text : "\(text) #\(count + 1)",
                effects: reader.effects,
                match: RuleMatch(tests: familyTests + reader.match.tests, conditions: reader.match.conditions),
                counters: counters, text: text))
    }
}
