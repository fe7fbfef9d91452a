import FlowModel
import Query

extension CSVText {
    /// Appends what rules denied: of several, all together, with each rule's own count in `denied_by`.
    mutating func append(_ denials: Denials, _ names: NameBook) {
        guard let first = denials.first else { return skip(7) }
        number(denials.packetCount)
        var rules = Array(denials.map { $0.text(names) }.joined(separator: [UInt8(ascii: " ")]))
        if denials.otherRuleCount > 0 {
            rules.append(contentsOf: " other=".utf8)
            rules.appendDecimal(denials.otherCount)
        }
        text(rules)
        time(denials.reduce(first.first) { min($0, $1.first) })
        time(denials.reduce(first.last) { max($0, $1.last) })
        number(denials.scannedPorts.map { UInt64($0.lowerBound) })
        number(denials.scannedPorts.map { UInt64($0.upperBound) })
        separate()
        if let later = denials.later { bytes.appendHexadecimal(later.id.rawValue, width: 16) }
    }
}

extension Denial {
    /// `drop:ssh=3`: the prefix as the rule has it, and how many packets it denied.
    fileprivate func text(_ names: NameBook) -> [UInt8] {
        var text = Array("\(verdict.keyword ?? ""):".utf8)
        text += names.bytes(of: rule)
        text.append(UInt8(ascii: "="))
        text.appendDecimal(count)
        return text
    }
}
