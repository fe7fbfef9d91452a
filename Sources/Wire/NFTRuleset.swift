public import FlowModel

/// The rules in the text of `nft -a list ruleset` that drop packets, keep them from conntrack or log them to a group.
public struct NFTRuleset: Sendable {
    public private(set) var rules: [FirewallRule] = []
    /// Tables with parts of iptables that this nft cannot read, as family and name: iptables-nft-save can.
    public private(set) var foreignTables: Set<[String]> = []

    private var (family, table) = ("", "")
    private var chains = RuleChains()
    private var tableStart = 0
    /// What the table's counters with names count, and by which rules.
    private var namedCounters: [String: Counters] = [:]
    private var counterUses: [String: [Int]] = [:]
    /// The names of the blocks that are open, from the table inwards.
    private var blocks: [[String]] = []
    /// How many rules were known when the rule began that holds the open anonymous chains, and what it asks for: its handle comes with
    /// its end.
    private var outermost = (count: 0, match: RuleMatch())

    public init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) { read(QuotedWords.split(line, .nft)) }
        endTable()
    }

    private mutating func read(_ words: [String]) {
        let (words, handle) = NFTListing.withoutHandle(words)
        guard let first = words.first, first != "#" else { return }
        if first == "}" {
            close(handle)
        } else if words.last == "{" {
            open(words.dropLast())
        } else {
            readStatement(words, handle)
        }
    }

    private mutating func open(_ words: [String]) {
        if blocks.isEmpty {
            endTable()
            (family, table) = words.count == 3 ? (words[1], words[2]) : ("", "")
        } else if blocks.count == 2 {
            // A chain without a name stands inside its rule: jump { log group 9; drop }
            outermost = (rules.count, RuleMatch())
            var reader = NFTRuleReader(words)
            reader.read()
            outermost.match = reader.match
        }
        blocks.append(words)
    }

    private mutating func close(_ handle: String?) {
        guard !blocks.isEmpty else { return }
        blocks.removeLast()
        guard blocks.count == 2, let handle else { return }
        for index in rules.indices.dropFirst(outermost.count) {
            rules[index].name = "handle \(handle).\(index - outermost.count)"
        }
    }

    private mutating func endTable() {
        for index in rules.indices.dropFirst(tableStart) {
            rules[index].learn(chains.origin(of: rules[index].chain))
        }
        // What several rules count together shows of none what it did.
        for (name, uses) in counterUses where uses.count == 1 && uses[0] >= 0 {
            rules[uses[0]].counters = namedCounters[name]
        }
        (namedCounters, counterUses) = ([:], [:])
        tableStart = rules.count
        chains = RuleChains()
    }

    private mutating func readStatement(_ words: [String], _ handle: String?) {
        if blocks.count == 2, blocks[1].count == 2, blocks[1][0] == "counter", words.count >= 4, words[0] == "packets",
            let packets = UInt64(words[1]), let bytes = UInt64(words[3])
        {
            namedCounters[blocks[1][1]] = Counters(packetCount: packets, byteCount: bytes)
        }
        guard blocks.count >= 2, blocks[1].count == 2, blocks[1][0] == "chain" else { return }
        let chain = blocks[1][1]
        if words.first == "type" { return readHead(of: chain, words) }
        if words.first == "policy" || words.first == "comment" { return }
        if words.contains("xt") || words.contains("#") { foreignTables.insert([family, table]) }
        var reader = NFTRuleReader(words)
        reader.read()
        let isOneRule = reader.logs.allSatisfy { $0.match == reader.match }
        let isInner = blocks.count > 2
        if isInner { reader.match.addTests(of: outermost.match) }
        for target in reader.jumps { chains.add(jumpFrom: chain, to: target, with: reader.match) }
        let name = handle.map { "handle \($0)" } ?? reader.text
        var effects = reader.effects
        for (index, log) in reader.logs.enumerated() {
            if isOneRule {
                effects.append(.log(group: log.group))
            } else {
                // What stands behind the statement, its counter included, is not asked of what is logged.
                var match = log.match
                if isInner { match.addTests(of: outermost.match) }
                append(chain, "\(name) log \(index)", [.log(group: log.group)], match, nil, reader.text)
            }
        }
        if !effects.isEmpty { append(chain, name, effects, reader.match, reader.counters, reader.text) }
        if let counter = reader.counterName {
            let key = counter.filter { $0 != "\"" }
            counterUses[key, default: []].append(effects.isEmpty ? -1 : rules.count - 1)
        }
    }

    private mutating func append(
        _ chain: String, _ name: String, _ effects: [FirewallRule.Effect], _ match: RuleMatch, _ counters: Counters?,
        _ text: String
    ) {
        var rule = FirewallRule(
            family: family, table: table, chain: chain, name: name, effects: effects, match: match,
            counters: counters, text: text)
        rule.match.tests += familyTests
        // Chains in chains: what those between ask for is not kept.
        rule.isBehindConditions = blocks.count > 3
        rules.append(rule)
    }

    /// Every rule of a table of one family is of that one.
    private var familyTests: [RuleMatch.Test] {
        switch family {
        case "ip": [RuleMatch.Test(.family(.ipv4))]
        case "ip6": [RuleMatch.Test(.family(.ipv6))]
        default: []
        }
    }

    /// `type filter hook prerouting priority raw; policy drop;`
    private mutating func readHead(of chain: String, _ words: [String]) {
        // A bridge's priorities have other names, and its packets are nobody's sessions.
        guard family != "bridge", family != "arp" else { return }
        let bare = words.map { $0.hasSuffix(";") ? String($0.dropLast()) : $0 }
        func value(behind word: String) -> Int? {
            bare.firstIndex(of: word).flatMap { $0 + 1 < bare.count ? $0 + 1 : nil }
        }
        guard let hookIndex = value(behind: "hook"), let hook = NetfilterHook(rawValue: bare[hookIndex]),
            let index = value(behind: "priority"), var priority = Self.priority(bare[index])
        else { return }
        if index + 2 < bare.count, let offset = Int(bare[index + 2]) {
            if bare[index + 1] == "+" { priority &+= offset } else if bare[index + 1] == "-" { priority &-= offset }
        }
        chains.add(chain, at: HookPlace(hook, priority))
        guard let policy = value(behind: "policy"), bare[policy] == "drop" else { return }
        var rule = FirewallRule(
            family: family, table: table, chain: chain, name: "policy", effects: [.drop],
            match: RuleMatch(tests: familyTests), text: "policy drop")
        rule.isPolicy = true
        rules.append(rule)
    }

    /// The names of `nft(8)`, table "Standard priority names".
    private static func priority(_ word: String) -> Int? {
        switch word {
        case "raw": -300
        case "mangle": -150
        case "dstnat": HookPlace.destinationNATPriority
        case "filter": 0
        case "security": 50
        case "srcnat": HookPlace.sourceNATPriority
        default: Int(word)
        }
    }
}
