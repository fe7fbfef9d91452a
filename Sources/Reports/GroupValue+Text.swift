import FlowModel
import Query

extension GroupValue {
    /// Appends what people read, escaped; nothing for what is unknown.
    func append(to text: inout [UInt8], names: NameBook) {
        switch self {
        case .unknown: break
        case .number(let number): text.appendDecimal(number)
        case .word(let word): text.append(contentsOf: word.utf8)
        case .name(let name): TerminalText.append(names.bytes(of: name), to: &text)
        case .interface(let index): TerminalText.append(names.interface(index), to: &text)
        case .address(let address, let family, let length):
            address.append(to: &text, family: family)
            guard let length else { return }
            text.append(UInt8(ascii: "/"))
            text.appendDecimal(UInt64(length))
        }
    }
}
