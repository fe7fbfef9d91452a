public import FlowModel

/// What `nft -a list ruleset` tells: tables, chains, rules and flowtables, as they stand.
public struct NFTRuleset: Sendable {
    /// A map of verdicts, as `nft list map` wants it named.
    public struct MapName: Hashable, Sendable {
        public var family: String
        public var table: String
        public var name: String
    }

    public private(set) var tables: [FirewallTable] = []
    /// Maps of verdicts that rules ask and whose content the text does not show, as with `nft -t`.
    public private(set) var unreadMaps: [MapName] = []

    private enum Block {
        case table, flowtable, other
        case chain(Int)
        case counter(String)
        case map(MapName)
        case set(String)
    }

    /// The blocks that are open, from the table inwards.
    private var blocks: [Block] = []
    private var maps: [MapName: [NFTMapElement]] = [:]
    /// The open table's sets and maps to which nothing is added by itself, and from which nothing goes so.
    private var fixedSets: Set<String> = []
    /// What becomes of packets that no rule of a chain decided about: it stands at the chain's head, and is asked last.
    private var policy: FirewallRule?
    /// Words of the open map's elements.
    private var elements: [String] = []
    /// What the table's counters with names count, and the rules that use them; of one that stands before a test, none.
    private var counters: [String: Counters] = [:]
    private var counterUses: [String: [(chain: Int, rule: Int)?]] = [:]
    /// Where the rule is that holds the open chains without names, and how many chains there were: its handle comes with its end.
    private var outermost = (chain: 0, rule: 0, chainCount: 0)

    /// - Parameter maps: what `nft list map` tells of maps that an earlier reading named in ``unreadMaps``.
    public init(_ text: String, maps: [String] = []) {
        for map in maps { readAll(map) }
        tables = []
        readAll(text)
    }

    private mutating func readAll(_ text: String) {
        blocks = []
        for line in text.split(whereSeparator: \.isNewline) { read(QuotedWords.split(line, .nft)) }
        if !tables.isEmpty { shareCounters() }
    }

    private mutating func read(_ words: [String]) {
        let (words, handle) = Self.withoutHandle(words)
        guard let first = words.first else { return }
        if first == "}" {
            close(handle)
        } else if words.last == "{" {
            open(words.dropLast(), handle)
        } else if let block = blocks.last, first != "#" {
            readStatement(words, handle, in: block)
        } else if case .chain(let chain) = blocks.last {
            // What nft could not read of a rule of iptables'.
            let text = words.joined(separator: " ")
            table.hasForeignParts = true
            table.chains[chain].rules.append(FirewallRule(name: text, verdict: .unknown, text: text))
        }
    }

    /// A line without the `# handle 5` that `-a` puts behind it.
    private static func withoutHandle(_ words: [String]) -> (words: [String], handle: String?) {
        guard words.count >= 3, words[words.count - 3] == "#", words[words.count - 2] == "handle" else {
            return (words, nil)
        }
        return (words.dropLast(3), words.last)
    }

    // MARK: Blocks

    private mutating func open(_ words: [String], _ handle: String?) {
        guard blocks.count < FirewallChain.greatestDepth else { return blocks.append(.other) }
        switch blocks.last {
        case nil:
            shareCounters()
            fixedSets = []
            let isTable = words.count == 3 && words[0] == "table"
            tables.append(
                isTable ? FirewallTable(family: words[1], name: words[2]) : FirewallTable(family: "", name: ""))
            tables[tables.count - 1].handle = handle
            blocks.append(.table)
        case .table: openPart(words)
        case .chain(let chain):
            // A chain without a name stands inside its rule: jump { log group 9; drop }
            if blocks.count == 2 { outermost = (chain, table.chains[chain].rules.count, table.chains.count) }
            let name = "\(table.chains[chain].name) {\(table.chains.count)}"
            addRule(words, to: chain, handle: nil, opening: name)
            addChain(name, isAnonymous: true)
        default: blocks.append(.other)
        }
    }

    private mutating func openPart(_ words: [String]) {
        guard words.count == 2 else { return blocks.append(.other) }
        switch words[0] {
        case "chain": addChain(words[1], isAnonymous: false)
        case "flowtable":
            table.flowtables.append(
                Flowtable(family: table.family, table: table.name, name: words[1], counts: false, statements: []))
            blocks.append(.flowtable)
        case "counter": blocks.append(.counter(words[1]))
        case "set":
            fixedSets.insert(words[1])
            blocks.append(.set(words[1]))
        case "map":
            fixedSets.insert(words[1])
            elements = []
            blocks.append(.map(MapName(family: table.family, table: table.name, name: words[1])))
        default: blocks.append(.other)
        }
    }

    private mutating func addChain(_ name: String, isAnonymous: Bool) {
        var chain = FirewallChain(name)
        chain.isAnonymous = isAnonymous
        table.chains.append(chain)
        blocks.append(.chain(table.chains.count - 1))
    }

    private mutating func close(_ handle: String?) {
        switch blocks.popLast() {
        case .map(let name): if !elements.isEmpty { maps[name] = NFTMapElement.list(elements) }
        case .chain(let chain): close(chain: chain, handle)
        default: break
        }
    }

    private mutating func close(chain: Int, _ handle: String?) {
        if table.chains[chain].isAnonymous {
            guard blocks.count == 2 else { return }
            let inner = outermost.chainCount..<table.chains.count
            for place in [outermost.chain] + inner {
                let start = place == outermost.chain ? outermost.rule : 0
                for rule in table.chains[place].rules.indices.dropFirst(start) {
                    table.chains[place].rules[rule].handle = handle
                    table.chains[place].rules[rule].onlyLogs = false
                    guard let handle else { continue }
                    table.chains[place].rules[rule].name = "handle \(handle).\(place - outermost.chain).\(rule - start)"
                }
            }
        } else if let rule = policy {
            table.chains[chain].rules.append(rule)
            policy = nil
        }
    }

    /// The table that is open.
    private var table: FirewallTable {
        get { tables[tables.count - 1] }
        _modify { yield &tables[tables.count - 1] }
    }

    // MARK: Statements

    private mutating func readStatement(_ words: [String], _ handle: String?, in block: Block) {
        switch block {
        case .flowtable:
            let last = table.flowtables.count - 1
            if words == ["counter"] {
                table.flowtables[last].counts = true
            } else {
                table.flowtables[last].statements.append(words.joined(separator: " "))
            }
        case .counter(let name):
            guard words.count >= 4, words[0] == "packets", let packets = UInt64(words[1]), let bytes = UInt64(words[3])
            else { return }
            counters[name] = Counters(packetCount: packets, byteCount: bytes)
        case .set(let name): noteChanges(of: name, words)
        case .map(let map):
            noteChanges(of: map.name, words)
            readElements(words)
        case .chain(let chain):
            switch words[0] {
            case "type": policy = Self.readHead(words, of: &table.chains[chain], family: table.family)
            case "policy", "comment": break
            default: addRule(words, to: chain, handle: handle)
            }
        case .table:
            if words[0] == "flags", words.contains(where: { $0.contains("dormant") }) { table.isDormant = true }
        case .other: break
        }
    }

    /// `flags dynamic,timeout` of what rules add to, or what is there for a time only.
    private mutating func noteChanges(of set: String, _ words: [String]) {
        let changing = ["timeout", "dynamic"]
        let isChanging =
            changing.contains(words[0])
            || words[0] == "flags" && words.contains { word in changing.contains { word.contains($0) } }
        if isChanging { fixedSets.remove(set) }
    }

    /// `elements = { 22 : accept,` and the lines behind it.
    private mutating func readElements(_ words: [String]) {
        if words.count > 2, words[0] == "elements" {
            elements = Array(words.dropFirst(3))
        } else if !elements.isEmpty {
            elements += words
        }
        if elements.last == "}" { elements.removeLast() }
    }

    /// - Parameter inner: the chain without a name that its last word leads to.
    private mutating func addRule(
        _ words: some Sequence<String>, to chain: Int, handle: String?, opening inner: String? = nil
    ) {
        let words = Array(words)
        if words.contains("xt") || words.contains("#") { table.hasForeignParts = true }
        if !NFTWords.tracking.isDisjoint(with: words) { table.usesConntrack = true }
        var reader = NFTRuleReader(words + [inner].compactMap { $0 }, maps: knownMaps, fixedSets: fixedSets)
        reader.read()
        let text = inner.map { "\(reader.text.dropLast($0.count)){ … }" } ?? reader.text
        for name in reader.unreadMaps {
            let map = MapName(family: table.family, table: table.name, name: name)
            if !unreadMaps.contains(map) { unreadMaps.append(map) }
        }
        var names = reader.counterNames
        for (index, part) in reader.parts.enumerated() {
            let name = handle.map { "handle \($0)" } ?? text
            var rule = FirewallRule(
                name: index == 0 ? name : "\(name).\(index)", match: part.match, effects: part.effects,
                verdict: part.verdict, counters: part.counters, text: text)
            rule.handle = handle
            rule.onlyLogs = reader.onlyLogs
            if let handle, rule.onlyLogs {
                rule.deletion = [
                    "nft", "delete", "rule", table.family, table.name, table.chains[chain].name, "handle", handle,
                ]
            }
            if let counter = part.counterName, let place = names.firstIndex(of: counter) {
                names.remove(at: place)
                counterUses[counter, default: []].append((chain, table.chains[chain].rules.count))
            }
            table.chains[chain].rules.append(rule)
        }
        for name in names { counterUses[name, default: []].append(nil) }
    }

    /// The open table's maps.
    private var knownMaps: [String: [NFTMapElement]] {
        if maps.isEmpty { return [:] }
        let own = maps.filter { ($0.key.family, $0.key.table) == (table.family, table.name) }
        return Dictionary(own.map { ($0.key.name, $0.value) }) { first, _ in first }
    }

    /// What several rules count together shows of none what it did.
    private mutating func shareCounters() {
        for (name, uses) in counterUses {
            guard uses.count == 1, let use = uses[0] else { continue }
            table.chains[use.chain].rules[use.rule].counters = counters[name]
        }
        (counters, counterUses) = ([:], [:])
    }
}
