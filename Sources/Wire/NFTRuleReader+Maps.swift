internal import FlowModel

// Maps of verdicts: a rule of which each element is one.

extension NFTRuleReader {
    /// `tcp dport vmap { 22 : accept, 23 : drop }`, or of a map with a name: each element is a rule of its own.
    mutating func readVerdictMap() {
        isHarmless = false
        let key = unknown
        unknown = []
        noteMatch()
        var elements: [NFTMapElement]?
        var asking = key
        if words.first == "{" {
            elements = NFTMapElement.list(takeBraces())
        } else if let name = words.popFirst(), name.hasPrefix("@") {
            asking.append(name)
            elements = maps[String(name.dropFirst())]
            if elements == nil { unreadMaps.append(String(name.dropFirst())) }
        }
        guard let elements else {
            parts.append(Part(match: part.match.and(condition(asking)), verdict: .unknown))
            return
        }
        let continues = elements.contains { $0.verdict == nil }
        for element in elements {
            guard let verdict = element.verdict else { continue }
            var asked = part.match
            if element.isDefault {
                // Not for those that go on by an element of their own.
                if continues { asked = asked.and(condition(asking, " of no other element")) }
            } else {
                var reader = NFTRuleReader(key + element.key, fixedSets: fixedSets)
                reader.read()
                asked = asked.and(reader.part.match)
            }
            parts.append(Part(match: asked, verdict: verdict))
        }
    }
}
