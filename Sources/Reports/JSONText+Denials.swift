import FlowModel
import Query

extension JSONText {
    /// What a session's denials take up at most, beside everything else of it.
    static func longestDenials(of session: borrowing Session) -> Int {
        session.denials.count * (256 + longestString(ofLength: 255))
    }

    /// Appends what rules denied, in the order in which they first did.
    mutating func append(_ denials: [Denial], names: borrowing NameBook) {
        guard !denials.isEmpty else { return }
        append(words.denials)
        for denial in denials { append(denial, names) }
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
        if let ports = denial.scannedPorts {
            field(words.ports, UInt64(ports.lowerBound))
            field(words.portsEnd, UInt64(ports.upperBound))
            closeObject()
        }
        if let later = denial.later {
            append(words.later)
            append(hexadecimal: later.id.rawValue)
            append(UInt8(ascii: "\""))
            field(words.start, later.start)
            closeObject()
        }
        closeObject()
        append(UInt8(ascii: ","))
    }
}
