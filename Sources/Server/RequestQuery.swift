/// The parameters that a request gives, each at most once and each one that its path has.
struct RequestQuery: Sendable {
    private let values: [String: String]

    /// - Parameters:
    ///   - text: what stands behind the question mark, percent-encoded; `nil` where there is none.
    ///   - known: the path's parameters.
    init(parsing text: Substring?, known: [any ParameterDescription]) throws(Problem) {
        var values: [String: String] = [:]
        for pair in (text ?? "").split(separator: "&") {
            let (name, value) = try Self.parts(of: pair)
            guard known.contains(where: { $0.name == name }) else {
                let names = known.map(\.name).joined(separator: ", ")
                throw .badRequest(
                    "no such parameter: \(Self.quoted(name)): \(names.isEmpty ? "this path has none" : "there are \(names)")"
                )
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .badRequest("\(name): it is given twice: give it once")
            }
        }
        self.values = values
    }

    /// A parameter's value; `nil` where it is not given.
    subscript<Value>(_ parameter: Parameter<Value>) -> Value? {
        get throws(Problem) {
            guard let text = values[parameter.name] else { return nil }
            guard let value = parameter.read(text) else {
                throw .badRequest("\(parameter.name): \(Self.quoted(text)): give \(parameter.expectation)")
            }
            return value
        }
    }

    private static func parts(of pair: Substring) throws(Problem) -> (name: String, value: String) {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : "") else {
            throw .badRequest("the query is not percent-encoded UTF-8: a sign such as & in a value is written %26")
        }
        return (name, value)
    }

    /// Percent-encoding undone; a plus is a space, as forms send it. `nil` where the text is none.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func quoted(_ text: String) -> String { "'\(text.prefix(40))\(text.count > 40 ? "…" : "")'" }
}
