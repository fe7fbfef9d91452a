/// Makes keys of what a terminal sends, however it comes in pieces.
///
/// What is no known key is passed over; no bytes can do harm. A lone escape is a key or the beginning of one: whoever reads
/// waits a moment and then calls ``flush()``.
public struct KeyReader: Sendable {
    /// Bytes of a sequence of which the end has not come, at most so many.
    private static let longestSequence = 64
    /// Bytes of a paste that are kept; nobody pastes a longer filter.
    private static let longestPaste = 4096
    private static let pasteEnd = Array("\u{1b}[201~".utf8)

    private var pending: [UInt8] = []
    private var isPasting = false
    private var pasted: [UInt8] = []

    public init() {}

    /// Whether the bytes so far may be the beginning of a key.
    public var isWaiting: Bool { !pending.isEmpty && !isPasting }

    /// The keys that are complete with these bytes.
    public mutating func read(_ bytes: some Sequence<UInt8>) -> [Key] {
        pending.append(contentsOf: bytes)
        var keys: [Key] = []
        while !pending.isEmpty {
            if isPasting {
                if let key = takePaste() { keys.append(key) }
                if isPasting { break }
                continue
            }
            guard let (key, length) = Self.step(pending) else { break }
            pending.removeFirst(length)
            switch key {
            case .key(let key): keys.append(key)
            case .pasteBegins: isPasting = true
            case .none: break
            }
        }
        return keys
    }

    /// Nothing came for a moment: a lone escape was the key, and what else was begun is passed over.
    public mutating func flush() -> [Key] {
        guard isWaiting else { return [] }
        let isEscape = pending.first == 0x1b
        pending.removeAll()
        return isEscape ? [.escape] : []
    }

    private enum Step {
        case key(Key)
        case pasteBegins
        case none
    }

    /// The first step through the bytes and how many it takes; `nil` where more have to come.
    private static func step(_ bytes: [UInt8]) -> (step: Step, length: Int)? {
        switch bytes[0] {
        case 0x1b: return escape(bytes)
        case 0x0d, 0x0a: return (.key(.enter), 1)
        case 0x09: return (.key(.tab), 1)
        case 0x08, 0x7f: return (.key(.backspace), 1)
        case 0x01...0x1a: return (.key(.control(Character(Unicode.Scalar(bytes[0] + 0x60)))), 1)
        case 0x20...0x7e: return (.key(.character(Unicode.Scalar(bytes[0]))), 1)
        case 0xc2...0xf4: return character(bytes)
        default: return (.none, 1)
        }
    }

    private static func character(_ bytes: [UInt8]) -> (step: Step, length: Int)? {
        let length = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4
        let followers = bytes.dropFirst().prefix(length - 1)
        guard followers.allSatisfy({ $0 & 0xc0 == 0x80 }) else { return (.none, 1) }
        guard followers.count == length - 1 else { return nil }
        guard let scalar = String(validating: bytes.prefix(length), as: UTF8.self)?.unicodeScalars.first,
            // C1: what could steer a terminal that shows it.
            scalar.value >= 0xa0
        else { return (.none, length) }
        return (.key(.character(scalar)), length)
    }

    private static func escape(_ bytes: [UInt8]) -> (step: Step, length: Int)? {
        guard bytes.count > 1 else { return nil }
        switch bytes[1] {
        case UInt8(ascii: "["): return control(bytes)
        case UInt8(ascii: "O"):
            guard bytes.count > 2 else { return nil }
            return (cursor(bytes[2]).map(Step.key) ?? .none, 3)
        default: return (.key(.escape), 1)
        }
    }

    /// A control sequence (ECMA-48 section 5.4): parameters, intermediates, and a final byte.
    private static func control(_ bytes: [UInt8]) -> (step: Step, length: Int)? {
        guard let end = bytes.dropFirst(2).firstIndex(where: { !(0x20...0x3f).contains($0) }) else {
            return bytes.count > longestSequence ? (.none, bytes.count) : nil
        }
        // Something else came in between: what was begun is given up, and that is read on its own.
        guard (0x40...0x7e).contains(bytes[end]) else { return (.none, end) }
        let parameter = String(decoding: bytes[2..<end].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
        if bytes[end] == UInt8(ascii: "~") {
            if parameter == "200" { return (.pasteBegins, end + 1) }
            return (numbered(parameter).map(Step.key) ?? .none, end + 1)
        }
        return (cursor(bytes[end]).map(Step.key) ?? .none, end + 1)
    }

    private static func cursor(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "Z"): .backTab
        case UInt8(ascii: "M"): .enter  // of the keypad
        default: nil
        }
    }

    private static func numbered(_ parameter: String) -> Key? {
        switch parameter {
        case "1", "7": .home
        case "3": .delete
        case "4", "8": .end
        case "5": .pageUp
        case "6": .pageDown
        default: nil
        }
    }

    /// The paste, once its end has come. Ctrl-C gives up one whose end does not come: no terminal pastes it.
    private mutating func takePaste() -> Key? {
        let end = Self.pasteEnd
        if pending.count >= end.count {
            let last = pending.count - end.count
            if let place = (0...last).first(where: { pending[$0...].starts(with: end) }) {
                pasted += pending[..<place].prefix(max(0, Self.longestPaste - pasted.count))
                pending.removeFirst(place + end.count)
                isPasting = false
                defer { pasted.removeAll() }
                return .paste(String(decoding: pasted, as: UTF8.self))
            }
        }
        if let place = pending.firstIndex(of: 0x03) {
            pending.removeFirst(place)
            isPasting = false
            pasted.removeAll()
            return nil
        }
        // All but what may be the beginning of the end.
        let whole = max(0, pending.count - end.count + 1)
        pasted += pending[..<whole].prefix(max(0, Self.longestPaste - pasted.count))
        pending.removeFirst(whole)
        return nil
    }
}
