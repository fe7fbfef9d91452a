internal import FlowModel
internal import Wire

/// Asks the firewall's own tools for its rules.
///
/// Only what is installed is asked, and nothing that would change the firewall by being asked: the legacy iptables makes each
/// table that it is asked for.
struct HostRules {
    private(set) var ruleset = FirewallRuleset()
    /// What was asked.
    private(set) var tools: [String] = []
    private(set) var unlooked: [Unlooked] = []
    private let rootCure: String

    private static let families = ["ip", "ip6"]

    /// - Parameter rootCure: what helps who is not root, and so is told nothing.
    init(rootCure: String) {
        self.rootCure = rootCure
        let generation = HostChains.generation
        askNFT()
        askKernel()
        // Changed amid the look, they may be anything.
        if generation == HostChains.generation { ruleset.generation = generation }
        for family in Self.families { askLegacy(family) }
    }

    /// Whether these are all the rules there are.
    var areKnown: Bool { unlooked.isEmpty && !tools.isEmpty }

    /// nft knows of everything but legacy tables. What it cannot read of what iptables-nft made, iptables-nft can.
    private mutating func askNFT() {
        var isWhole = false
        if let nft = HostTool("nft"), let text = ask(nft, ["-a", "-t", "list", "ruleset"], "nft") {
            ruleset.tables = tables(of: text, nft)
            isWhole = !ruleset.tables.contains(where: \.hasForeignParts)
        }
        guard !isWhole else { return }
        for family in Self.families {
            guard let variant = Variant(family, .nft), let text = ask(variant.save, ["-c"], variant.command) else {
                continue
            }
            for var table in SavedRuleset(text, family: family, command: variant.command, isLegacy: false).tables {
                guard let place = ruleset.tables.firstIndex(where: table.isSame) else {
                    ruleset.tables.append(table)
                    continue
                }
                // Those that nft could read as well are there already.
                guard ruleset.tables[place].hasForeignParts else { continue }
                table.handle = ruleset.tables[place].handle
                ruleset.tables[place] = table
            }
        }
    }

    /// Maps of verdicts are asked for one by one, as terse listings hide what they hold, and whole ones show large sets.
    private func tables(of text: String, _ nft: HostTool) -> [FirewallTable] {
        let listing = NFTRuleset(text)
        guard !listing.unreadMaps.isEmpty else { return listing.tables }
        let maps = listing.unreadMaps.prefix(Self.greatestMapCount).compactMap { map in
            try? nft.output(["list", "map", map.family, map.table, map.name])
        }
        return NFTRuleset(text, maps: maps).tables
    }

    private static let greatestMapCount = 64

    /// What no listing of nftables shows: the counters of policies, and tables for which the tool is missing.
    private mutating func askKernel() {
        let chains = HostChains()
        for table in ruleset.tables.indices {
            let (family, name) = (ruleset.tables[table].family, ruleset.tables[table].name)
            for chain in ruleset.tables[table].chains.indices {
                guard let last = ruleset.tables[table].chains[chain].rules.indices.last,
                    ruleset.tables[table].chains[chain].rules[last].isPolicy
                else { continue }
                let place = HostChains.Place(
                    family: family, table: name, chain: ruleset.tables[table].chains[chain].name)
                ruleset.tables[table].chains[chain].rules[last].counters = chains.policies[place]
            }
        }
        let unread = chains.tables.filter { table in
            !ruleset.tables.contains { [$0.family, $0.name] == table }
        }
        // Of an nft that is there and failed that was told already.
        if !unread.isEmpty, HostTool("nft") == nil {
            let names = unread.map { $0.joined(separator: " ") }.sorted().prefix(3).joined(separator: ", ")
            unlooked.append(
                Unlooked(
                    "the rules of nftables in \(names)", reason: "nft is not installed",
                    cure: "apt-get install nftables"))
        }
    }

    private mutating func askLegacy(_ family: String) {
        let list = "/proc/thread-self/net/\(family)_tables_names"
        let names = SmallFile.text(of: list)
        if names == nil, SmallFile.exists(list) {
            unlooked.append(
                Unlooked("the legacy \(family)tables' rules", reason: "only root may read \(list)", cure: rootCure))
            return
        }
        let tables = names ?? ""
        guard let variant = Variant(family, .legacy) else {
            if !tables.isEmpty {
                unlooked.append(
                    Unlooked(
                        "the legacy \(family)tables' rules", reason: "\(family)tables-legacy-save is not installed",
                        cure: "apt-get install iptables"))
            }
            return
        }
        if tables.isEmpty {
            note(variant.command)
        } else if let text = ask(variant.save, ["-c"], variant.command) {
            ruleset.tables += SavedRuleset(text, family: family, command: variant.command, isLegacy: true).tables
        }
    }

    private mutating func ask(_ tool: HostTool, _ arguments: [String], _ name: String) -> String? {
        do throws(IngestError) {
            let text = try tool.output(arguments)
            note(name)
            return text
        } catch {
            unlooked.append(
                Unlooked("the firewall's rules", reason: "\(error)", cure: Privilege.isRoot ? "" : rootCure))
            return nil
        }
    }

    private mutating func note(_ name: String) {
        if !tools.contains(name) { tools.append(name) }
    }

    /// One of the two programs that iptables can be.
    private struct Variant {
        enum Kind: String {
            case nft, legacy
        }

        let save: HostTool
        /// What its rules are changed with.
        let command: String

        /// - Returns: `nil` where it is not installed.
        init?(_ family: String, _ kind: Kind) {
            if let tool = HostTool("\(family)tables-\(kind.rawValue)-save") {
                save = tool
                command = "\(family)tables-\(kind.rawValue)"
            } else if let tool = HostTool("\(family)tables-save"), Self.kind(of: tool) == kind {
                save = tool
                command = "\(family)tables"
            } else {
                return nil
            }
        }

        /// What a program says it is: "iptables-save v1.8.9 (nf_tables)"; before there were two, nothing.
        private static func kind(of tool: HostTool) -> Kind? {
            guard let text = try? tool.output(["-V"]) else { return nil }
            return text.contains("nf_tables") ? .nft : .legacy
        }
    }
}
