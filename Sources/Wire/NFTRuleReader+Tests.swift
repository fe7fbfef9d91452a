internal import FlowModel

// What a rule asks of a packet, as far as its tuple, its interfaces and conntrack can tell.

extension NFTRuleReader {
    /// The tests that begin with this word, `nil` where it is not understood; then nothing of it is taken.
    mutating func readTest(_ word: String) -> [RuleMatch.Test]? {
        let before = (words, isHarmless)
        if let tests = understoodTest(word) { return tests }
        (words, isHarmless) = before
        if let tests = understoodPairs(word) { return tests }
        (words, isHarmless) = before
        if word == "ip", let test = understoodFragment() { return [RuleMatch.Test(.family(.ipv4)), test] }
        (words, isHarmless) = before
        if word == "meta", let test = understoodMark() { return [test] }
        (words, isHarmless) = before
        return nil
    }

    private mutating func understoodTest(_ word: String) -> [RuleMatch.Test]? {
        switch word {
        case "iif", "iifname", "oif", "oifname":
            guard let (values, isNegated) = takeValues() else { return nil }
            let names = values.map { String($0.drop { $0 == "\"" }.prefix { $0 != "\"" }) }
            let subject = word.hasPrefix("i") ? RuleMatch.Subject.inInterface(names) : .outInterface(names)
            return [RuleMatch.Test(subject, isNegated: isNegated)]
        case "ct":
            switch words.popFirst() {
            case "state": return understoodState()
            case "status": return understoodStatus()
            default: return nil
            }
        case "fib": return understoodKind()
        case "ip", "ip6", "meta", "tcp", "udp", "udplite", "sctp", "dccp", "th", "icmp", "icmpv6":
            guard let field = words.popFirst() else { return nil }
            return understoodField(word, field)
        default: return nil
        }
    }

    /// `ct state established,related`: one of them; `ct state ! established,related`: none of them; and
    /// `ct state != established | related`: not both at once, which no packet is.
    private mutating func understoodState() -> [RuleMatch.Test]? {
        let isNone = words.first == "!"
        if isNone { words = words.dropFirst() }
        var (text, isUnequal, isOfAll) = ("", false, false)
        if words.first == "!=", let name = words.dropFirst().first, name != "{" {
            (text, isUnequal) = (name, true)
            words = words.dropFirst(2)
            while words.first == "|", let name = words.dropFirst().first {
                text += ",\(name)"
                isOfAll = true
                words = words.dropFirst(2)
            }
            // Not every nft writes the same for the two.
            if !isOfAll, text.contains(",") { return nil }
        } else {
            guard let (values, isNegated) = takeValues() else { return nil }
            (text, isUnequal) = (values.joined(separator: ","), isNegated)
        }
        guard let states = TrackingState(list: text) else { return nil }
        return isOfAll ? [] : [RuleMatch.Test(.tracking(states), isNegated: isNone || isUnequal)]
    }

    /// `meta mark 0x00000005`, `meta mark & 0x8000 == 0x8000`
    private mutating func understoodMark() -> RuleMatch.Test? {
        guard words.popFirst() == "mark" else { return nil }
        var mask = UInt32.max
        if words.first == "&" || words.first == "and" {
            guard let bits = words.dropFirst().first.flatMap({ RuleWords.number($0) }) else { return nil }
            mask = bits
            words = words.dropFirst(2)
            guard words.first == "==" || words.first == "!=" else { return nil }
        }
        let isNegated = words.first == "!="
        if isNegated || words.first == "==" { words = words.dropFirst() }
        guard let value = words.popFirst().flatMap({ RuleWords.number($0) }),
            !NFTWords.operators.contains(words.first ?? "")
        else { return nil }
        return RuleMatch.Test(.mark(value, mask: mask), isNegated: isNegated)
    }

    /// `ip frag-off & 0x1fff != 0`: the pieces of a datagram behind its first one.
    private mutating func understoodFragment() -> RuleMatch.Test? {
        let asked = words.prefix(5).map { String($0) }
        guard asked.count == 5, asked.prefix(2) == ["frag-off", "&"], RuleWords.number(asked[2]) == 0x1fff,
            asked[3] == "!=" || asked[3] == "==", RuleWords.number(asked[4]) == 0
        else { return nil }
        words = words.dropFirst(5)
        return RuleMatch.Test(.laterFragment, isNegated: asked[3] == "==")
    }

    /// `fib saddr . mark . iif oif missing`
    private mutating func reversePathTest() -> RuleMatch.Test? {
        let keys = words.prefix { $0 != "oif" }
        let rest = words.dropFirst(keys.count + 1)
        guard ["saddr . iif", "saddr . mark . iif"].contains(keys.joined(separator: " ")), let word = rest.first,
            word == "missing" || word == "exists"
        else { return nil }
        words = rest.dropFirst()
        return RuleMatch.Test(.reversePath, isNegated: word == "missing")
    }

    /// `ct status dnat`, `ct status ! snat`; of other words of its nobody knows.
    private mutating func understoodStatus() -> [RuleMatch.Test]? {
        let isNegated = words.first == "!"
        if isNegated { words = words.dropFirst() }
        guard let word = words.popFirst(), !NFTWords.operators.contains(words.first ?? ""),
            let states = TrackingState(list: word), states.isSubset(of: .translated)
        else { return nil }
        return [RuleMatch.Test(.tracking(states), isNegated: isNegated)]
    }

    /// `fib daddr type local`
    private mutating func understoodKind() -> [RuleMatch.Test]? {
        if let test = reversePathTest() { return [test] }
        let field = words.popFirst()
        guard field == "saddr" || field == "daddr", words.popFirst() == "type", let (values, isNegated) = takeValues(),
            let kinds = RuleWords.all(values, RuleWords.kind)
        else { return nil }
        return [RuleMatch.Test(field == "saddr" ? .sourceKind(kinds) : .destinationKind(kinds), isNegated: isNegated)]
    }

    private mutating func understoodField(_ header: String, _ field: String) -> [RuleMatch.Test]? {
        let isOfPorts = field == "sport" || field == "dport"
        let isOfLength = field == "length" && (header == "meta" || header == "ip")
        guard let (values, isNegated) = takeValues(asNumbers: isOfPorts || isOfLength) else { return nil }
        let subject: RuleMatch.Subject?
        var tests: [RuleMatch.Test] = []
        switch (header, field) {
        case ("ip", "saddr"), ("ip6", "saddr"): subject = RuleWords.all(values, RuleWords.addresses).map { .source($0) }
        case ("ip", "daddr"), ("ip6", "daddr"):
            subject = RuleWords.all(values, RuleWords.addresses).map { .destination($0) }
        case ("ip", "protocol"), ("ip6", "nexthdr"), ("meta", "l4proto"):
            subject = RuleWords.all(values, RuleWords.transport).map { .transport($0) }
        case ("meta", "length"), ("ip", "length"):
            subject = RuleWords.all(values, RuleWords.numbers).map { .length($0) }
        case ("meta", "nfproto"):
            subject = values == ["ipv4"] ? .family(.ipv4) : values == ["ipv6"] ? .family(.ipv6) : nil
        case ("meta", "protocol"):
            subject = values == ["ip"] ? .family(.ipv4) : values == ["ip6"] ? .family(.ipv6) : nil
        case ("icmp", "type"), ("icmpv6", "type"):
            let family: AddressFamily = header == "icmp" ? .ipv4 : .ipv6
            subject = RuleWords.all(values) { RuleWords.icmpType($0, family: family) }.map { .icmpType($0) }
            tests.append(RuleMatch.Test(.family(family)))
            tests.append(RuleMatch.Test(.transport([family == .ipv4 ? .icmp : .icmpv6])))
        default:
            guard isOfPorts, let ports = RuleWords.all(values, RuleWords.numbers) else { return nil }
            subject = field == "sport" ? .sourcePort(ports) : .destinationPort(ports)
            // "tcp dport" asks for TCP, too; "th dport" stands behind a test of its own.
            if header != "th", let transport = TransportProtocol(keyword: header) {
                tests.append(RuleMatch.Test(.transport([transport])))
            }
        }
        guard let subject else { return nil }
        // Whoever asks for a header's field asks for the header, too.
        if header == "ip" || header == "ip6" {
            tests.append(RuleMatch.Test(.family(header == "ip" ? .ipv4 : .ipv6)))
        }
        return tests + [RuleMatch.Test(subject, isNegated: isNegated)]
    }

    /// One value, or those in braces, with a `!=` before them; `nil` where something else stands there.
    private mutating func takeValues(asNumbers: Bool = false) -> (values: [String], isNegated: Bool)? {
        guard var word = words.popFirst() else { return nil }
        var isNegated = false
        if word == "!=" || word == "==" {
            isNegated = word == "!="
            guard let next = words.popFirst() else { return nil }
            word = next
        } else if let bound = [">", ">=", "<", "<="].first(where: { $0 == word }) {
            guard asNumbers, let limit = words.popFirst().flatMap({ UInt16($0) }) else { return nil }
            switch bound {
            case ">": return limit < .max ? (["\(limit + 1)-\(UInt16.max)"], false) : nil
            case ">=": return (["\(limit)-\(UInt16.max)"], false)
            case "<": return limit > 0 ? (["0-\(limit - 1)"], false) : nil
            default: return (["0-\(limit)"], false)
            }
        }
        if word == "{" {
            let content = takeBraces(isOpen: true)
            return (content.map { $0.hasSuffix(",") ? String($0.dropLast()) : $0 }, isNegated)
        }
        // A set with a name, a map, an arithmetic expression.
        guard !word.hasPrefix("@"), !NFTWords.operators.contains(word), !NFTWords.operators.contains(words.first ?? "")
        else {
            return nil
        }
        return ([word], isNegated)
    }
}
