import FlowModel
import Query

extension JSONText {
    /// Appends what rules denied, in the order in which they first did.
    mutating func append(_ denials: borrowing Denials, names: borrowing NameBook) {
        guard !denials.isEmpty else { return }
        append(words.denials)
        for index in denials.indices {
            append(denials[index], names)
            if index == 0 { appendAttempts(denials) }
            append(words.closeDenial)
        }
        if denials.otherRuleCount > 0 {
            append(words.otherRules)
            append(decimal: UInt64(denials.otherRuleCount))
            field(words.packets, denials.otherCount)
            append(words.closeDenial)
        }
        replaceLast(by: UInt8(ascii: "]"))
    }

    private mutating func append(_ denial: Denial, _ names: borrowing NameBook) {
        append(words.denialVerdict)
        append(words.verdicts[Int(denial.verdict.rawValue)])
        append(UInt8(ascii: "\""))
        if !denial.rule.isNone { field(words.denialRule, denial.rule, names) }
        field(words.packets, denial.count)
        field(words.first, denial.first)
        field(words.last, denial.last)
    }

    private mutating func appendAttempts(_ denials: borrowing Denials) {
        if let ports = denials.scannedPorts {
            field(words.ports, UInt64(ports.lowerBound))
            field(words.portsEnd, UInt64(ports.upperBound))
            closeObject()
        }
        if let later = denials.later {
            append(words.later)
            append(hexadecimal: later.id.rawValue)
            append(UInt8(ascii: "\""))
            field(words.start, later.start)
            closeObject()
        }
    }
}
