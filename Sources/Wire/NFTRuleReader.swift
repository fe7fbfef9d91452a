internal import FlowModel

/// What the words of one of nft's rules ask for and do.
struct NFTRuleReader {
    var match = RuleMatch()
    /// Groups that it logs to, each with what was asked up to there: what stands behind does not hold for it.
    private(set) var logs: [(group: UInt16, match: RuleMatch)] = []
    private(set) var effects: [FirewallRule.Effect] = []
    /// Chains that it hands packets on to.
    private(set) var jumps: [String] = []
    /// What it counted; `nil` also where it counts packets that a test behind the counter may refuse.
    private(set) var counters: Counters?
    /// The counter with a name that it counts with; its numbers stand elsewhere.
    private(set) var counterName: String?
    /// The rule without its counter's numbers.
    private(set) var text = ""

    private var words: ArraySlice<String>
    /// Words that were not understood and belong together.
    private var unknown: [String] = []

    init(_ words: [String]) { self.words = words[...] }

    mutating func read() {
        var shown: [String] = []
        while let word = words.first {
            let before = words
            words = words.dropFirst()
            read(word)
            // A counter's numbers are another thing each time.
            let isNumbered =
                word == "counter" && words.count < before.count - 1 && before.dropFirst().first == "packets"
            shown += isNumbered ? ["counter"] : before.dropLast(words.count)
        }
        endUnknown()
        text = shown.joined(separator: " ")
    }

    private mutating func read(_ word: String) {
        switch word {
        case "drop": end { $0.effects.append(.drop) }
        case "reject":
            end {
                $0.effects.append(.reject)
                // reject with icmp port-unreachable: its last words
                $0.words = []
            }
        case "notrack": end { $0.effects.append(.untrack) }
        case "accept", "return", "continue": end { _ in }
        case "jump", "goto": end { reader in if let target = reader.words.popFirst() { reader.jumps.append(target) } }
        case "counter": end { $0.readCounter() }
        case "comment": end { $0.words = $0.words.dropFirst() }
        case "log": end { $0.readLog() }
        case "{": readSet()
        default:
            guard !belongsToUnknown(word), let (subject, isNegated) = readTest(word) else {
                unknown.append(word)
                return
            }
            end { reader in
                reader.noteMatch()
                reader.match.tests.append(RuleMatch.Test(subject, isNegated: isNegated))
            }
        }
    }

    /// Ends what was not understood before something that is.
    private mutating func end(_ body: (inout Self) -> Void) {
        endUnknown()
        body(&self)
    }

    private mutating func endUnknown() {
        if !unknown.isEmpty {
            noteMatch()
            match.conditions.append(unknown.joined(separator: " "))
        }
        unknown = []
    }

    /// Something is asked behind the counter: it counts more than the rule means.
    private mutating func noteMatch() { (counters, counterName) = (nil, nil) }

    /// Whether a word that could begin a test goes on with what was not understood: `fib saddr . iif oif missing`,
    /// `ct original ip saddr`, `iifname . oifname`.
    private func belongsToUnknown(_ word: String) -> Bool {
        guard let first = unknown.first, let last = unknown.last else { return false }
        if last == "." { return true }
        if first == "ct" { return last == "original" || last == "reply" }
        return first == "fib" && !unknown.contains { $0 == "type" || $0 == "oif" || $0 == "oifname" }
    }

    /// A set behind something that is not understood, or a map of verdicts: `tcp dport vmap { 22 : drop }`.
    private mutating func readSet() {
        let content = words.prefix { $0 != "}" }
        words = words.dropFirst(content.count + 1)
        unknown += ["{"] + content + ["}"]
        var inside = content
        while let word = inside.popFirst() {
            switch word.hasSuffix(",") ? String(word.dropLast()) : word {
            case "drop": effects.append(.drop)
            case "jump", "goto":
                if let target = inside.first {
                    jumps.append(target.hasSuffix(",") ? String(target.dropLast()) : target)
                }
            default: break
            }
        }
    }

    /// `counter packets 5 bytes 300`, or `counter name "c"`, whose numbers stand elsewhere.
    private mutating func readCounter() {
        if words.first == "name" {
            counterName = words.dropFirst().first
            words = words.dropFirst(2)
        } else if words.first == "packets", words.count >= 4 {
            let numbers = Array(words.prefix(4))
            words = words.dropFirst(4)
            guard let packets = UInt64(numbers[1]), let bytes = UInt64(numbers[3]) else { return }
            counters = Counters(packetCount: packets, byteCount: bytes)
        }
    }

    /// `log prefix "new" group 100 snaplen 128`
    private mutating func readLog() {
        while let option = words.first, Self.logOptions.contains(option), let value = words.dropFirst().first {
            if option == "group", let group = UInt16(value) { logs.append((group, match)) }
            words = words.dropFirst(2)
        }
    }

    private static let logOptions: Set = ["prefix", "group", "snaplen", "queue-threshold", "level", "flags"]

    // MARK: Tests

    /// A test that begins with this word, `nil` where it is not understood; then nothing of it is taken.
    private mutating func readTest(_ word: String) -> (RuleMatch.Subject, Bool)? {
        let before = words
        if let test = understoodTest(word) { return test }
        words = before
        return nil
    }

    private mutating func understoodTest(_ word: String) -> (RuleMatch.Subject, Bool)? {
        switch word {
        case "iif", "iifname", "oif", "oifname":
            guard let (values, isNegated) = takeValues() else { return nil }
            let names = values.map { String($0.drop { $0 == "\"" }.prefix { $0 != "\"" }) }
            return (word.hasPrefix("i") ? .inInterface(names) : .outInterface(names), isNegated)
        case "ip", "ip6", "meta", "tcp", "udp", "udplite", "sctp", "dccp", "th", "icmp", "icmpv6":
            guard let field = words.popFirst() else { return nil }
            return understoodField(word, field)
        default: return nil
        }
    }

    private mutating func understoodField(_ header: String, _ field: String) -> (RuleMatch.Subject, Bool)? {
        let isOfPorts = field == "sport" || field == "dport"
        guard let (values, isNegated) = takeValues(asPorts: isOfPorts) else { return nil }
        let subject: RuleMatch.Subject?
        switch (header, field) {
        case ("ip", "saddr"), ("ip6", "saddr"): subject = RuleWords.all(values, RuleWords.addresses).map { .source($0) }
        case ("ip", "daddr"), ("ip6", "daddr"):
            subject = RuleWords.all(values, RuleWords.addresses).map { .destination($0) }
        case ("ip", "protocol"), ("ip6", "nexthdr"), ("meta", "l4proto"):
            subject = RuleWords.all(values, RuleWords.transport).map { .transport($0) }
        case ("meta", "nfproto"):
            subject = values == ["ipv4"] ? .family(.ipv4) : values == ["ipv6"] ? .family(.ipv6) : nil
        case ("icmp", "type"), ("icmpv6", "type"):
            let family: AddressFamily = header == "icmp" ? .ipv4 : .ipv6
            subject = RuleWords.all(values) { RuleWords.icmpType($0, family: family) }.map { .icmpType($0) }
            if subject != nil {
                match.tests.append(RuleMatch.Test(.family(family)))
                match.tests.append(RuleMatch.Test(.transport([family == .ipv4 ? .icmp : .icmpv6])))
            }
        default:
            guard isOfPorts, let ports = RuleWords.all(values, RuleWords.ports) else { return nil }
            subject = field == "sport" ? .sourcePort(ports) : .destinationPort(ports)
            // "tcp dport" asks for TCP, too; "th dport" stands behind a test of its own.
            if header != "th", let transport = TransportProtocol(keyword: header) {
                match.tests.append(RuleMatch.Test(.transport([transport])))
            }
        }
        guard let subject else { return nil }
        // Whoever asks for a header's field asks for the header, too.
        if header == "ip" || header == "ip6" {
            match.tests.append(RuleMatch.Test(.family(header == "ip" ? .ipv4 : .ipv6)))
        }
        return (subject, isNegated)
    }

    /// One value, or those in braces, with a `!=` before them; `nil` where something else stands there.
    private mutating func takeValues(asPorts: Bool = false) -> (values: [String], isNegated: Bool)? {
        guard var word = words.popFirst() else { return nil }
        var isNegated = false
        if word == "!=" || word == "==" {
            isNegated = word == "!="
            guard let next = words.popFirst() else { return nil }
            word = next
        } else if let bound = [">", ">=", "<", "<="].first(where: { $0 == word }) {
            guard asPorts, let limit = words.popFirst().flatMap({ UInt16($0) }) else { return nil }
            switch bound {
            case ">": return limit < .max ? (["\(limit + 1)-\(UInt16.max)"], false) : nil
            case ">=": return (["\(limit)-\(UInt16.max)"], false)
            case "<": return limit > 0 ? (["0-\(limit - 1)"], false) : nil
            default: return (["0-\(limit)"], false)
            }
        }
        if word == "{" {
            let content = words.prefix { $0 != "}" }
            words = words.dropFirst(content.count + 1)
            return (content.map { $0.hasSuffix(",") ? String($0.dropLast()) : $0 }, isNegated)
        }
        // A set with a name, a map, an arithmetic expression.
        guard !word.hasPrefix("@"), !Self.operators.contains(word), !Self.operators.contains(words.first ?? "") else {
            return nil
        }
        return ([word], isNegated)
    }

    private static let operators: Set = ["vmap", "map", "&", "|", "^", "/", "and", "or", "xor", "."]
}
