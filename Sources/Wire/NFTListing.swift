public import FlowModel

/// What `nft -a list ruleset` tells of groups and flowtables.
///
/// Its text is read rather than its JSON: every nft writes it (JSON is left out of some builds), one rule is one line, and
/// a program that reads a ruleset for two facts needs no JSON parser for it.
public struct NFTListing: Sendable {
    /// Rules that log to groups.
    public private(set) var rules: [LogRule] = []
    public private(set) var flowtables: [Flowtable] = []
    /// Whether there are rules with parts of iptables that this nft cannot read: iptables-nft-save can.
    public private(set) var hasForeignRules = false
    /// Whether a rule makes conntrack track sessions.
    public private(set) var usesConntrack = false

    private var (family, table) = ("", "")
    /// The names of the blocks that are open, from the table inwards: `table`, `chain INPUT`.
    private var blocks: [[String]] = []
    /// How many rules were known when the rule began that holds the open anonymous chains: its handle comes with its end.
    private var outermost = 0

    public init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) { read(QuotedWords.split(line, .nft)) }
    }

    private mutating func read(_ words: [String]) {
        let (words, handle) = Self.withoutHandle(words)
        guard let first = words.first else { return }
        if first == "}" {
            close(handle)
        } else if words.last == "{" {
            open(words.dropLast())
        } else {
            readStatement(words, handle)
        }
    }

    private mutating func open(_ words: [String]) {
        // A chain without a name stands inside its rule: jump { log group 9; drop }
        if blocks.count == 2 { outermost = rules.count }
        readStatement(words, nil)
        blocks.append(words)
        if blocks.count == 1 {
            (family, table) = words.count == 3 ? (words[1], words[2]) : ("", "")
        } else if blocks.count == 2, words.count == 2, words[0] == "flowtable" {
            flowtables.append(
                Flowtable(family: family, table: table, name: words[1], counts: false, statements: []))
        }
    }

    private mutating func close(_ handle: String?) {
        guard !blocks.isEmpty else { return }
        blocks.removeLast()
        guard blocks.count == 2 else { return }
        for index in rules.indices.dropFirst(outermost) { rules[index].handle = handle }
    }

    private mutating func readStatement(_ words: [String], _ handle: String?) {
        guard blocks.count >= 2, blocks[1].count == 2 else { return }
        let block = blocks[1]
        switch block[0] {
        case "flowtable":
            if words == ["counter"] {
                flowtables[flowtables.count - 1].counts = true
            } else {
                flowtables[flowtables.count - 1].statements.append(words.joined(separator: " "))
            }
        case "chain":
            if words.first == "xt" || words.contains("xt") || words.contains("#") { hasForeignRules = true }
            if !Self.tracking.isDisjoint(with: words) { usesConntrack = true }
            let rule = NFTRule(words)
            let deletion = handle.map { ["nft", "delete", "rule", family, table, block[1], "handle", $0] } ?? []
            for group in rule.groups {
                rules.append(
                    LogRule(
                        group: group, family: family, table: table, chain: block[1], handle: handle,
                        onlyLogs: rule.onlyLogs && blocks.count == 2, deletion: deletion))
            }
        default: break
        }
    }

    private static let tracking: Set = ["ct", "masquerade", "snat", "dnat", "redirect", "synproxy"]

    /// A line without the `# handle 5` that `-a` puts behind it.
    static func withoutHandle(_ words: [String]) -> (words: [String], handle: String?) {
        guard words.count >= 3, words[words.count - 3] == "#", words[words.count - 2] == "handle" else {
            return (words, nil)
        }
        return (words.dropLast(3), words.last)
    }
}
