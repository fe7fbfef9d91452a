internal import FlowModel

/// What the words of one of iptables' rules ask for and do.
struct SavedRuleReader {
    private(set) var match = RuleMatch()
    private(set) var effects: [FirewallRule.Effect] = []
    private(set) var verdict: RuleVerdict?
    /// Whether nothing that it asks writes down what other rules go by, or what somebody reads: NFLOG only logs, but that does more.
    private(set) var onlyLogs = true
    /// Whether it makes conntrack track sessions (`nf_ct_netns_get` in the kernel's modules).
    private(set) var usesConntrack = false

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
        case "-j": readTarget()
        case "-g": if let chain = words.popFirst() { verdict = .goto(chain) }
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
        if option == "-f", values.isEmpty { return .laterFragment }
        guard values.count == 1, let value = values.first else { return nil }
        let list = value.split(separator: ",").map(String.init)
        switch option {
        case "-s", "--src-range": return RuleWords.addresses(value).map { .source([$0]) }
        case "-d", "--dst-range": return RuleWords.addresses(value).map { .destination([$0]) }
        case "-p": return RuleWords.transport(value).map { .transport([$0]) }
        case "--sport", "--sports": return RuleWords.all(list, RuleWords.numbers).map { .sourcePort($0) }
        case "--dport", "--dports": return RuleWords.all(list, RuleWords.numbers).map { .destinationPort($0) }
        case "--ports": return RuleWords.all(list, RuleWords.numbers).map { .eitherPort($0) }
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

    private static let lastingModules: Set = ["recent", "hashlimit", "nfacct"]

    private static let trackingModules: Set = [
        "conntrack", "state", "connmark", "connbytes", "connlimit", "connlabel", "helper", "cluster",
    ]

    /// Of rpfilter: `--loose` would ask for any way.
    private static let strictOptions: Set = ["--invert", "--validmark", "--accept-local"]

    private mutating func readModule() {
        guard let module = words.popFirst() else { return }
        if Self.lastingModules.contains(module) { onlyLogs = false }
        if Self.trackingModules.contains(module) { usesConntrack = true }
        guard !Self.plainModules.contains(module) else { return }
        // All of the module's options, so that they read as they were written: "statistic --mode nth --every 10".
        let options = Array(words.prefix { $0 != "-m" && $0 != "-j" && $0 != "-g" })
        words = words.dropFirst(options.count)
        if let test = Self.test(options, of: module) {
            match.tests.append(test)
        } else if module == "rpfilter", Self.strictOptions.isSuperset(of: options) {
            match.tests.append(RuleMatch.Test(.reversePath, isNegated: options.contains("--invert")))
        } else {
            match.conditions.append(([module] + options).joined(separator: " "))
        }
    }

    /// `--ctstate RELATED,ESTABLISHED`, `! --state NEW`, `--length 60:62`, `! --dst-type LOCAL`: one option, which may be negated.
    private static func test(_ options: [String], of module: String) -> RuleMatch.Test? {
        let isNegated = options.first == "!"
        let bare = options.dropFirst(isNegated ? 1 : 0)
        guard bare.count == 2, let option = bare.first, let value = bare.last else { return nil }
        func kinds() -> [AddressKind]? { RuleWords.all(value.split(separator: ",").map(String.init), RuleWords.kind) }
        let subject: RuleMatch.Subject? =
            switch (module, option) {
            case ("conntrack", "--ctstate"), ("state", "--state"): TrackingState(list: value).map { .tracking($0) }
            case ("length", "--length"): RuleWords.numbers(value).map { .length([$0]) }
            case ("mark", "--mark"): change(value).map { .mark($0.value, mask: $0.mask) }
            case ("addrtype", "--src-type"): kinds().map { .sourceKind($0) }
            case ("addrtype", "--dst-type"): kinds().map { .destinationKind($0) }
            default: nil
            }
        return subject.map { RuleMatch.Test($0, isNegated: isNegated) }
    }

    // MARK: Targets

    /// Targets behind which packets go on to the next rule (`XT_CONTINUE`).
    private static let passingTargets: Set = [
        "LOG", "ULOG", "NFLOG", "NOTRACK", "CT", "MARK", "CONNMARK", "CONNSECMARK", "SECMARK", "TCPMSS", "TCPOPTSTRIP",
        "CLASSIFY", "DSCP", "TOS", "TTL", "HL", "ECN", "CHECKSUM", "TRACE", "SET", "TEE", "AUDIT", "LED", "IDLETIMER",
        "RATEEST", "HMARK",
    ]

    private static let trackingTargets: Set = [
        "MASQUERADE", "SNAT", "DNAT", "REDIRECT", "NETMAP", "CONNMARK", "CONNSECMARK", "CT", "SYNPROXY",
    ]

    private mutating func readTarget() {
        guard let target = words.popFirst() else { return }
        let options = Array(words)
        words = []
        if Self.trackingTargets.contains(target) { usesConntrack = true }
        switch target {
        case "ACCEPT": verdict = .accept
        case "DROP": verdict = .drop
        case "REJECT": verdict = .reject
        case "RETURN": verdict = .return
        case "QUEUE", "NFQUEUE": verdict = .queue
        case "SNAT", "MASQUERADE": (effects, verdict) = ([.translateSource], .accept)
        case "DNAT", "REDIRECT": (effects, verdict) = ([.translateDestination], .accept)
        case "NETMAP": (effects, verdict) = ([.translateSource, .translateDestination], .accept)
        case "TPROXY": (effects, verdict) = ([.divert, .mark(nil)], .queue)
        case "MARK": effects = [.mark(Self.markChange(options))]
        // A mark that is kept, or given back, is the session's, which conntrack tells.
        case "CONNMARK":
            let isKept = options.contains("--save-mark")
            effects = options.contains("--restore-mark") ? [.restoreMark] : isKept ? [] : [.mark(nil)]
        case "NFLOG":
            let prefix = Self.value(of: "--nflog-prefix", options) ?? ""
            effects = Self.group(options).map { [.log(group: $0, prefix: prefix)] } ?? []
        case "NOTRACK": effects = [.untrack]
        case "TEE": effects = [.copy]
        case "CT":
            if options.contains("--notrack") { effects.append(.untrack) }
            if options.contains("--helper") { effects.append(.helper) }
            if let events = Self.value(of: "--ctevents", options), RuleWords.hideEnds(events) {
                effects.append(.limitEvents)
            }
        default:
            // A chain, or what only its author knows.
            if !Self.passingTargets.contains(target) { verdict = .jump(target) }
        }
    }

    /// `--set-xmark 0x9/0xff`: as iptables-save writes all that MARK can do.
    private static func markChange(_ options: [String]) -> MarkChange? {
        value(of: "--set-xmark", options).flatMap { change($0) }
    }

    /// `0x9`, `0x9/0xff`
    private static func change(_ text: String) -> MarkChange? {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { RuleWords.number($0) }
        guard let value = numbers[0], numbers.count <= 2 else { return nil }
        return numbers.count == 1 ? MarkChange(value) : numbers[1].map { MarkChange(value, mask: $0) }
    }

    /// The group of NFLOG: 0 where none is written.
    private static func group(_ options: [String]) -> UInt16? {
        options.contains("--nflog-group") ? value(of: "--nflog-group", options).flatMap { UInt16($0) } : 0
    }

    private static func value(of option: String, _ options: [String]) -> String? {
        options.firstIndex(of: option).flatMap { $0 + 1 < options.count ? options[$0 + 1] : nil }
    }
}
