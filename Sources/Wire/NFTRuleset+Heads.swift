internal import FlowModel

// How a chain begins: where the kernel calls it, and what becomes of packets that no rule decided about.

extension NFTRuleset {
    /// `type filter hook ingress devices = { "lan0", "lan1" } priority filter + 10; policy drop;`
    ///
    /// - Returns: the policy, where it refuses packets.
    static func readHead(_ words: [String], of chain: inout FirewallChain, family: String) -> FirewallRule? {
        let bare = words.map { $0.hasSuffix(";") ? String($0.dropLast()) : $0 }
        func place(behind word: String) -> Int? {
            bare.firstIndex(of: word).flatMap { $0 + 1 < bare.count ? $0 + 1 : nil }
        }
        guard let hookPlace = place(behind: "hook"), let hook = NetfilterHook(rawValue: bare[hookPlace]),
            let index = place(behind: "priority"), var priority = priority(bare[index], family: family)
        else { return nil }
        if index + 2 < bare.count, let offset = Int(bare[index + 2]) {
            if bare[index + 1] == "+" { priority &+= offset } else if bare[index + 1] == "-" { priority &-= offset }
        }
        chain.place = HookPlace(hook, priority)
        chain.seesFirstPacketsOnly = bare.count > 1 && bare[1] == "nat"
        if let start = place(behind: "device") ?? place(behind: "devices") {
            let names = bare[start...].prefix { $0 != "priority" }
            chain.devices = names.filter { !["=", "{", "}"].contains($0) }.map { name in
                String((name.hasSuffix(",") ? name.dropLast() : name[...]).filter { $0 != "\"" })
            }
        }
        guard let policy = place(behind: "policy"), bare[policy] == "drop" else { return nil }
        var rule = FirewallRule(name: "policy", verdict: .drop, text: "policy drop")
        rule.isPolicy = true
        return rule
    }

    /// The names of `nft(8)`, table "Standard priority names"; a bridge's are others.
    private static func priority(_ word: String, family: String) -> Int? {
        if family == "bridge" {
            switch word {
            case "dstnat": return -300
            case "filter": return -200
            case "out": return 100
            case "srcnat": return 300
            default: return Int(word)
            }
        }
        return switch word {
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
