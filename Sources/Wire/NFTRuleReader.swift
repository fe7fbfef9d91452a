internal import FlowModel

/// What the words of one of nft's rules ask for and do.
///
/// Its text is read rather than its JSON: every nft writes it (JSON is left out of some builds), one rule is one line, and
/// a program that reads rulesets for what they do to sessions needs no JSON parser for it.
struct NFTRuleReader {
    /// What it does, one behind the other, each with what is asked up to there.
    struct Part {
        var match = RuleMatch()
        var effects: [FirewallRule.Effect] = []
        var verdict: RuleVerdict?
        /// What it counted; `nil` also where it counts packets that a test behind the counter may refuse.
        var counters: Counters?
        /// The counter with a name that it counts with; its numbers stand elsewhere.
        var counterName: String?
    }

    /// At least one.
    var parts: [Part] = []
    /// The rule without its counter's numbers.
    private(set) var text = ""
    /// Whether it only matches, counts for itself and logs to one group.
    var onlyLogs: Bool { isHarmless && groupCount == 1 }
    /// Counters with names that it counts with, wherever they stand in it.
    private(set) var counterNames: [String] = []
    /// Maps of verdicts that it asks and whose content is not known.
    var unreadMaps: [String] = []

    var words: ArraySlice<String>
    var part = Part()
    var isHarmless = true
    let maps: [String: [NFTMapElement]]
    let fixedSets: Set<String>
    private var groupCount = 0
    /// Words that were not understood and belong together.
    var unknown: [String] = []
    /// Whether something stands there that may do anything.
    private var mayDoAnything = false

    /// - Parameters:
    ///   - maps: what the table's maps of verdicts hold, by name.
    ///   - fixedSets: the table's sets and maps to which nothing is added by itself, and from which nothing goes so.
    init(
        _ words: some Sequence<String>, maps: [String: [NFTMapElement]] = [:], fixedSets: Set<String> = []
    ) {
        self.words = Array(words)[...]
        self.maps = maps
        self.fixedSets = fixedSets
    }

    mutating func read() {
        var shown: [String] = []
        while let word = words.first {
            let before = words
            words = words.dropFirst()
            read(word)
            shown += NFTWords.withoutState(Array(before.dropLast(words.count)))
        }
        endUnknown()
        if mayDoAnything, part.verdict == nil { part.verdict = .unknown }
        if parts.isEmpty || part.verdict != nil || !part.effects.isEmpty || part.counterName != nil {
            parts.append(part)
        }
        text = shown.joined(separator: " ")
    }

    private mutating func read(_ word: String) {
        switch word {
        case "drop": decide(.drop)
        case "accept": decide(.accept)
        case "return": decide(.return)
        case "reject": decide(.reject, skipping: true)
        case "queue": decide(.queue, skipping: true)
        case "jump": decide(.jump(takeTarget()))
        case "goto": decide(.goto(takeTarget()))
        // ct status & dnat
        case "snat", "dnat", "masquerade", "redirect":
            let isAsked = unknown.last.map { $0 == "status" || NFTWords.comparisons.contains($0) } ?? false
            if isAsked { addUnknown(word) } else { translate(word) }
        case "tproxy": divert()
        case "notrack": act(.untrack)
        case "fwd", "synproxy": decide(.unknown, skipping: true)
        case "continue": act(nil)
        case "dup": act(.copy, skipping: true)
        case "flow": act(nil) { $0.words = $0.words.dropFirst(2) }
        case "counter":
            endUnknown()
            readCounter()
        case "quota", "last": readState(word)
        case "comment":
            endUnknown()
            words = words.dropFirst()
        case "log":
            endUnknown()
            readLog()
        case "vmap": readVerdictMap()
        case "set" where !unknown.isEmpty && setsPlainly: endSetting()
        // Of what nobody knows; which packets it means is as open.
        case "set" where unknown.last == "mark":
            // A session's mark that is given back is one that conntrack tells.
            let isGivenBack = unknown == ["meta", "mark"] && words.prefix(2) == ["ct", "mark"]
            addUnknown(word)
            part.effects.append(isGivenBack ? .restoreMark : .mark(nil))
        case "#", "xt":
            mayDoAnything = mayDoAnything || words.first != "match"
            addUnknown(word)
        case "{": readSet()
        default:
            guard !belongsToUnknown(word), let test = readTest(word) else { return addUnknown(word) }
            endUnknown()
            noteMatch()
            part.match.tests += test
        }
    }

    // MARK: What it does

    private mutating func decide(
        _ verdict: RuleVerdict, _ effect: FirewallRule.Effect? = nil, skipping: Bool = false
    ) {
        act(effect, skipping: skipping)
        part.verdict = verdict
    }

    private mutating func translate(_ word: String) {
        let isOfSource = word == "snat" || word == "masquerade"
        decide(.accept, isOfSource ? .translateSource : .translateDestination, skipping: true)
    }

    private mutating func act(
        _ effect: FirewallRule.Effect?, skipping: Bool = false, _ body: (inout Self) -> Void = { _ in }
    ) {
        endUnknown()
        isHarmless = false
        if let effect { part.effects.append(effect) }
        body(&self)
        // reject with icmp port-unreachable, dnat ip to 10.0.0.1:80
        guard skipping else { return }
        while let word = words.first, word != "log", word != "comment", word != "counter" { words = words.dropFirst() }
    }

    /// `tproxy ip to 127.0.0.1:3128`; what stands behind it is for packets of which a socket was found.
    private mutating func divert() {
        act(.divert)
        let family = words.first == "ip" || words.first == "ip6" ? 1 : 0
        let target = words.dropFirst(family).first == "to" ? words.prefix(family + 2) : []
        words = words.dropFirst(target.count)
        noteMatch()
        part.match.conditions.append((["tproxy"] + target).joined(separator: " "))
    }

    private mutating func takeTarget() -> String {
        // In a chain without a name nothing stands behind it.
        words.popFirst() ?? ""
    }

    /// Something is asked behind what was done, and behind the counter: that counts more than what follows means.
    mutating func noteMatch() {
        if !part.effects.isEmpty {
            parts.append(part)
            part.effects = []
        }
        (part.counters, part.counterName) = (nil, nil)
    }

    /// `counter packets 5 bytes 300`, or `counter name "c"`, whose numbers stand elsewhere; that one is somebody's.
    private mutating func readCounter() {
        if words.first == "name" {
            isHarmless = false
            part.counterName = words.dropFirst().first.map { $0.filter { $0 != "\"" } }
            if let name = part.counterName { counterNames.append(name) }
            words = words.dropFirst(2)
        } else if words.first == "packets", words.count >= 4 {
            let numbers = Array(words.prefix(4))
            words = words.dropFirst(4)
            guard let packets = UInt64(numbers[1]), let bytes = UInt64(numbers[3]) else { return }
            part.counters = Counters(packetCount: packets, byteCount: bytes)
        }
    }

    /// `quota over 25 mbytes used 3 kbytes`, or `last used 5s`, which asks for nothing: what was used is no part of what the rule asks.
    private mutating func readState(_ word: String) {
        endUnknown()
        isHarmless = false
        let isNamed = words.first == "name"
        let count = word == "last" ? 0 : words.first == "over" || words.first == "until" ? 3 : 2
        let asked = words.prefix(count)
        words = words.dropFirst(asked.count)
        if !isNamed, words.first == "used" { words = words.dropFirst(word == "last" ? 2 : 3) }
        guard word == "quota" else { return }
        noteMatch()
        part.match.conditions.append(([word] + asked).joined(separator: " "))
    }

    /// `log prefix "new" group 100 snaplen 128`. Without a group it is for syslog, which somebody may read.
    private mutating func readLog() {
        var group: UInt16?
        var prefix = ""
        while let option = words.first, Self.logOptions.contains(option), let value = words.dropFirst().first {
            if option == "group" { group = UInt16(value) }
            if option == "prefix" { prefix = value.filter { $0 != "\"" } }
            words = words.dropFirst(2)
        }
        guard let group else {
            isHarmless = false
            return
        }
        groupCount += 1
        part.effects.append(.log(group: group, prefix: prefix))
    }

    private static let logOptions: Set = ["prefix", "group", "snaplen", "queue-threshold", "level", "flags"]

    // MARK: What is not understood

    private mutating func addUnknown(_ word: String) {
        if !NFTWords.isPartOfMatch(word) { isHarmless = false }
        unknown.append(word)
    }

    /// Ends what was not understood before something that is.
    private mutating func endUnknown() {
        guard !unknown.isEmpty else { return }
        noteMatch()
        part.match = part.match.and(condition(unknown))
        unknown = []
    }

    /// What asks for something that no session's tuple answers.
    func condition(_ words: [String], _ note: String = "") -> RuleMatch {
        let text = words.joined(separator: " ") + note
        return NFTWords.isSteady(words, fixedSets)
            ? RuleMatch(steadyConditions: [text]) : RuleMatch(conditions: [text])
    }

    /// Whether what is set is one plain value: `meta mark set 0x00000005`, and not `meta mark set ct mark & 0xff`.
    private var setsPlainly: Bool {
        guard let value = words.first, !NFTWords.subjects.contains(value), value != "{", value != "(" else {
            return false
        }
        return !NFTWords.operators.contains(words.dropFirst().first ?? "")
    }

    /// What is set is nothing that is asked; what stands before it may be.
    private mutating func endSetting() {
        isHarmless = false
        let start = unknown.lastIndex(where: NFTWords.subjects.contains) ?? 0
        switch unknown.last {
        case "helper": part.effects.append(.helper)
        case "event": if words.first.map(RuleWords.hideEnds) ?? false { part.effects.append(.limitEvents) }
        case "mark":
            let value = unknown[start...].first == "meta" ? words.first.flatMap { RuleWords.number($0) } : nil
            part.effects.append(.mark(value.map { MarkChange($0) }))
        // Translations that conntrack knows nothing of.
        case "saddr", "sport": part.effects.append(.translateSource)
        case "daddr", "dport": part.effects.append(.translateDestination)
        default: break
        }
        unknown.removeSubrange(start...)
        words = words.dropFirst()
        endUnknown()
    }

    /// Whether a word that could begin a test goes on with what was not understood: `fib saddr . iif oif missing`,
    /// `ct original ip saddr`, `iifname . oifname`.
    private func belongsToUnknown(_ word: String) -> Bool {
        guard let first = unknown.first, let last = unknown.last else { return false }
        if last == "." { return true }
        if first == "ct" { return last == "original" || last == "reply" }
        return first == "fib" && !unknown.contains { $0 == "type" || $0 == "oif" || $0 == "oifname" }
    }

    /// A set behind something that is not understood.
    private mutating func readSet() { unknown += ["{"] + takeBraces(isOpen: true) + ["}"] }

    /// What stands in braces.
    ///
    /// - Parameter isOpen: whether the first of them was taken.
    mutating func takeBraces(isOpen: Bool = false) -> [String] {
        if !isOpen { words = words.dropFirst() }
        let content = words.prefix { $0 != "}" }
        // Braces that nobody closes hold nothing: what stands behind them is looked at for itself.
        guard content.count < words.count else {
            isHarmless = false
            return []
        }
        words = words.dropFirst(content.count + 1)
        return Array(content)
    }
}
