public import FlowModel

/// What `iptables-save -c` tells: tables, chains and rules, as they stand.
public struct SavedRuleset: Sendable {
    public private(set) var tables: [FirewallTable] = []

    private let family: String
    private let command: String
    private let isLegacy: Bool
    /// The open table's chains, by name, and what becomes of packets that come to their ends.
    private var chains: [String: Int] = [:]
    private var policies: [String: FirewallRule] = [:]
    /// How often each text has come: two equal rules are two.
    private var counts: [String: Int] = [:]

    /// - Parameters:
    ///   - family: `ip` or `ip6`.
    ///   - command: what changes the rules: `iptables-legacy`, `ip6tables-nft`.
    ///   - isLegacy: whether they are not nftables'.
    public init(_ text: String, family: String, command: String, isLegacy: Bool) {
        self.family = family
        self.command = command
        self.isLegacy = isLegacy
        for line in text.split(whereSeparator: \.isNewline) { read(line) }
        endTable()
    }

    private mutating func read(_ line: Substring) {
        if line.hasPrefix("*") {
            endTable()
            tables.append(FirewallTable(family: family, name: String(line.dropFirst())))
            tables[tables.count - 1].isLegacy = isLegacy
        } else if tables.isEmpty {
            return
        } else if line.hasPrefix(":") {
            readChain(line.dropFirst())
        } else {
            let (counters, rest) = Self.withoutCounters(line)
            if rest.hasPrefix("-A ") { readRule(rest, counters) }
        }
    }

    private mutating func endTable() {
        for (name, policy) in policies {
            if let place = chains[name] { tables[tables.count - 1].chains[place].rules.append(policy) }
        }
        (chains, policies, counts) = ([:], [:], [:])
    }

    /// `INPUT DROP [12:720]`, or `USER - [0:0]` of a chain that others jump to.
    private mutating func readChain(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count >= 2 else { return }
        let name = String(words[0])
        let place = addChain(name)
        tables[tables.count - 1].chains[place].place = Self.place(of: name, in: tables[tables.count - 1].name)
        tables[tables.count - 1].chains[place].seesFirstPacketsOnly = tables[tables.count - 1].name == "nat"
        // iptables-nft writes one for chains without a counter, too.
        let counters = isLegacy && words.count > 2 ? Self.counters(words[2]) : nil
        tables[tables.count - 1].chains[place].policyCounters = counters
        guard words[1] == "DROP" else { return }
        var rule = FirewallRule(name: "policy", verdict: .drop, counters: counters, text: "policy DROP")
        rule.isPolicy = true
        policies[name] = rule
    }

    /// The place of a chain in the open table.
    private mutating func addChain(_ name: String) -> Int {
        if let place = chains[name] { return place }
        let place = tables[tables.count - 1].chains.count
        tables[tables.count - 1].chains.append(FirewallChain(name))
        chains[name] = place
        return place
    }

    private static func place(of chain: String, in table: String) -> HookPlace? {
        guard let hook = NetfilterHook(rawValue: chain.lowercased()), chain == chain.uppercased() else { return nil }
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
    private static func withoutCounters(_ line: Substring) -> (Counters?, Substring) {
        guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return (nil, line) }
        return (counters(line[...end]), line[line.index(after: end)...].drop { $0 == " " })
    }

    private static func counters(_ text: Substring) -> Counters? {
        let numbers = text.drop { $0 == "[" }.prefix { $0 != "]" }.split(separator: ":").map { UInt64($0) }
        guard numbers.count == 2, let packets = numbers[0], let bytes = numbers[1] else { return nil }
        return Counters(packetCount: packets, byteCount: bytes)
    }

    private mutating func readRule(_ line: Substring, _ counters: Counters?) {
        let words = QuotedWords.split(line, .iptables)
        guard words.count > 1 else { return }
        let chain = words[1]
        var reader = SavedRuleReader(Array(words.dropFirst(2)), family: family == "ip6" ? .ipv6 : .ipv4)
        reader.read()
        if reader.usesConntrack { tables[tables.count - 1].usesConntrack = true }
        let text = String(line.dropFirst("-A ".count).drop { $0 != " " }.dropFirst())
        let count = counts["\(chain) \(text)", default: 0]
        counts["\(chain) \(text)"] = count + 1
        var rule = FirewallRule(
            name: count == 0 ? text : "\(text) #\(count + 1)", match: reader.match, effects: reader.effects,
            verdict: reader.verdict, counters: counters, text: text)
        let logs = reader.effects.contains { if case .log = $0 { true } else { false } }
        if logs, reader.onlyLogs {
            rule.onlyLogs = true
            rule.deletion = [command, "-t", tables[tables.count - 1].name, "-D"] + words.dropFirst()
        }
        let place = addChain(chain)
        tables[tables.count - 1].chains[place].rules.append(rule)
    }
}
