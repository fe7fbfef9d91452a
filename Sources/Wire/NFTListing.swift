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

    public init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) { read(QuotedWords.split(line, .nft)) }
    }

    private mutating func read(_ words: [String]) {
        let (words, handle) = Self.withoutHandle(words)
        guard let first = words.first else { return }
        if first == "}" {
            if !blocks.isEmpty { blocks.removeLast() }
        } else if words.last == "{" {
            open(words.dropLast())
        } else if blocks.count == 2 {
            readStatement(words, handle)
        }
    }

    private mutating func open(_ words: [String]) {
        blocks.append(words)
        if blocks.count == 1 {
            (family, table) = words.count == 3 ? (words[1], words[2]) : ("", "")
        } else if blocks.count == 2, words.count == 2, words[0] == "flowtable" {
            flowtables.append(
                Flowtable(family: family, table: table, name: words[1], counts: false, statements: []))
        }
    }

    private mutating func readStatement(_ words: [String], _ handle: String?) {
        guard let block = blocks.last, block.count == 2 else { return }
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
            guard let group = Self.group(in: words) else { return }
            let deletion = handle.map { ["nft", "delete", "rule", family, table, block[1], "handle", $0] } ?? []
            rules.append(LogRule(group: group, family: family, table: table, chain: block[1], deletion: deletion))
        default: break
        }
    }

    private static let tracking: Set = ["ct", "masquerade", "snat", "dnat", "redirect", "synproxy"]

    /// The group of a log statement: `log prefix "new" group 100 snaplen 128`. Without a group it is for syslog.
    private static func group(in words: [String]) -> UInt16? {
        guard let log = words.firstIndex(of: "log") else { return nil }
        let options: Set = ["prefix", "group", "snaplen", "queue-threshold", "level", "flags"]
        var place = log + 1
        while place + 1 < words.count, options.contains(words[place]) {
            if words[place] == "group" { return UInt16(words[place + 1]) }
            place += 2
        }
        return nil
    }

    /// A line without the `# handle 5` that `-a` puts behind it.
    private static func withoutHandle(_ words: [String]) -> (words: [String], handle: String?) {
        guard words.count >= 3, words[words.count - 3] == "#", words[words.count - 2] == "handle" else {
            return (words, nil)
        }
        return (words.dropLast(3), words.last)
    }
}
