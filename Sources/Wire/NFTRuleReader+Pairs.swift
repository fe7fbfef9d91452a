internal import FlowModel

// Several properties asked at once: `ip daddr . udp dport { 10.0.0.1 . 22, 10.0.0.2 . 80-90 }`.

extension NFTRuleReader {
    /// How many are held against every session.
    private static let greatestCount = 256

    /// The tests that begin with this word, `nil` where it is no concatenation, or not understood.
    mutating func understoodPairs(_ word: String) -> [RuleMatch.Test]? {
        var fields: [[String]] = []
        var next: String? = word
        while let first = next {
            guard let field = takeField(first) else { return nil }
            fields.append(field)
            guard words.first == "." else { break }
            next = words.dropFirst().first
            words = words.dropFirst(2)
        }
        guard fields.count > 1 else { return nil }
        // What is not one of them is of these protocols all the same; that is left for others to read.
        if words.first == "!=" { return nil }
        if words.first == "==" { words = words.dropFirst() }
        let elements: [[String]]
        if words.first == "{" {
            elements = Self.elements(takeBraces())
        } else {
            let values = words.prefix(2 * fields.count - 1)
            words = words.dropFirst(values.count)
            elements = [Array(values)]
        }
        guard elements.count <= Self.greatestCount,
            let lists = RuleWords.all(elements, { Self.tests(of: fields, $0) })
        else { return nil }
        return lists.count == 1 ? lists[0] : [RuleMatch.Test(.oneOf(lists))]
    }

    /// `ip daddr`, or `iifname`.
    private mutating func takeField(_ first: String) -> [String]? {
        switch first {
        case "iif", "iifname", "oif", "oifname": [first]
        case "ip", "ip6", "meta", "tcp", "udp", "udplite", "sctp", "dccp", "th": words.popFirst().map { [first, $0] }
        default: nil
        }
    }

    /// What stands between the commas.
    private static func elements(_ words: [String]) -> [[String]] {
        var elements: [[String]] = [[]]
        for word in words {
            let isLast = word.hasSuffix(",")
            let bare = isLast ? String(word.dropLast()) : word
            if !bare.isEmpty { elements[elements.count - 1].append(bare) }
            if isLast { elements.append([]) }
        }
        return elements.filter { !$0.isEmpty }
    }

    /// `10.0.0.1 . 22`, held against one field after the other.
    private static func tests(of fields: [[String]], _ element: [String]) -> [RuleMatch.Test]? {
        let values = element.split(separator: ".", omittingEmptySubsequences: false)
        guard values.count == fields.count else { return nil }
        var tests: [RuleMatch.Test] = []
        for (field, value) in zip(fields, values) {
            guard value.count == 1, let name = value.first, !name.hasPrefix("@") else { return nil }
            var reader = NFTRuleReader(field.dropFirst() + [name])
            guard let found = reader.readTest(field[0]), reader.words.isEmpty else { return nil }
            tests += found
        }
        return tests
    }
}
