internal import FlowModel

/// What the words of one of iptables' rules ask for and do.
struct SavedRuleReader {
    private(set) var match = RuleMatch()
    private(set) var effects: [FirewallRule.Effect] = []
    /// The chain that it hands packets on to.
    private(set) var jump: String?

    private var words: ArraySlice<String>
    private let family: AddressFamily

    /// - Parameter words: those behind the chain's name.
    init(_ words: [String], family: AddressFamily) {
        self.words = words[...]
        self.family = family
    }

    mutating func read() {
        var isNegated = false
        while let word = words.popFirst() {
            if word == "!" {
                isNegated = true
                continue
            }
            read(word, isNegated)
            isNegated = false
        }
    }

    private mutating func read(_ option: String, _ isNegated: Bool) {
        switch option {
        case "-j", "-g": readTarget()
        case "-m": readModule()
        case "--comment": _ = words.popFirst()
        default:
            let values = takeValues()
            if let subject = subject(option, values) {
                match.tests.append(RuleMatch.Test(subject, isNegated: isNegated))
            } else {
                let text = ([option] + values).joined(separator: " ")
                match.conditions.append(isNegated ? "! \(text)" : text)
            }
        }
    }

    /// What stands up to the next option.
    private mutating func takeValues() -> [String] {
        let values = words.prefix { !$0.hasPrefix("-") && $0 != "!" }
        words = words.dropFirst(values.count)
        return Array(values)
    }

    private func subject(_ option: String, _ values: [String]) -> RuleMatch.Subject? {
        guard values.count == 1, let value = values.first else { return nil }
        let list = value.split(separator: ",").map(String.init)
        switch option {
        case "-s", "--src-range": return RuleWords.addresses(value).map { .source([$0]) }
        case "-d", "--dst-range": return RuleWords.addresses(value).map { .destination([$0]) }
        case "-p": return RuleWords.transport(value).map { .transport([$0]) }
        case "--sport", "--sports": return RuleWords.all(list, RuleWords.ports).map { .sourcePort($0) }
        case "--dport", "--dports": return RuleWords.all(list, RuleWords.ports).map { .destinationPort($0) }
        case "--ports": return RuleWords.all(list, RuleWords.ports).map { .eitherPort($0) }
        case "-i": return .inInterface([Self.pattern(value)])
        case "-o": return .outInterface([Self.pattern(value)])
        case "--icmp-type", "--icmpv6-type": return RuleWords.icmpType(value, family: family).map { .icmpType([$0]) }
        default: return nil
        }
    }

    /// iptables' `lan+` is nft's `lan*`.
    private static func pattern(_ name: String) -> String { name.hasSuffix("+") ? "\(name.dropLast())*" : name }

    /// Modules that only make options known which are understood.
    private static let plainModules: Set = [
        "tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmp6", "multiport", "comment", "iprange",
    ]

    private mutating func readModule() {
        guard let module = words.popFirst(), !Self.plainModules.contains(module) else { return }
        // All of the module's options, so that they read as they were written: "statistic --mode nth --every 10".
        let options = words.prefix { $0 != "-m" && $0 != "-j" && $0 != "-g" }
        words = words.dropFirst(options.count)
        match.conditions.append(([module] + options).joined(separator: " "))
    }

    private mutating func readTarget() {
        guard let target = words.popFirst() else { return }
        let options = Array(words)
        words = []
        switch target {
        case "DROP": effects = [.drop]
        case "REJECT": effects = [.reject]
        case "NFLOG":
            let group = options.firstIndex(of: "--nflog-group").flatMap {
                $0 + 1 < options.count ? UInt16(options[$0 + 1]) : nil
            }
            effects = [.log(group: group ?? 0)]
        case "NOTRACK": effects = [.untrack]
        case "CT": effects = options.contains("--notrack") ? [.untrack] : []
        default: jump = target
        }
    }
}
