internal import FlowModel

/// An element of one of nft's maps of verdicts: `22 : accept`.
struct NFTMapElement: Sendable, Equatable {
    var key: [String]
    /// `nil` where packets go on.
    var verdict: RuleVerdict?
    /// Whether it is for all that has no element: `* : drop`.
    var isDefault: Bool { key == ["*"] }

    /// The elements between braces; the one for all others comes last.
    static func list(_ words: some Sequence<String>) -> [NFTMapElement] {
        var elements: [NFTMapElement] = []
        var open: [String] = []
        func end() {
            if let element = NFTMapElement(open) { elements.append(element) }
            open = []
        }
        for word in words {
            if word == "," {
                end()
            } else if word.hasSuffix(",") {
                open.append(String(word.dropLast()))
                end()
            } else {
                open.append(word)
            }
        }
        end()
        return elements.filter { !$0.isDefault } + elements.filter(\.isDefault)
    }

    /// `10.0.0.1 . 22 counter packets 0 bytes 0 : jump web`
    private init?(_ words: [String]) {
        guard let colon = words.lastIndex(of: ":"), colon > 0 else { return nil }
        key = Array(words[..<colon].prefix { !Self.options.contains($0) })
        guard !key.isEmpty else { return nil }
        let target = words.dropFirst(colon + 2).first ?? ""
        switch words.dropFirst(colon + 1).first {
        case "accept": verdict = .accept
        case "drop": verdict = .drop
        case "return": verdict = .return
        case "continue": verdict = nil
        case "jump": verdict = .jump(target)
        case "goto": verdict = .goto(target)
        default: verdict = .unknown
        }
    }

    private static let options: Set = ["counter", "comment", "timeout", "expires", "limit", "quota", "last"]
}
