import FlowModel

/// A parameter of a request's query: how it is read, and how it is described.
struct Parameter<Value: Sendable>: ParameterDescription {
    let name: String
    let sentence: String
    let schema: DocumentValue
    /// What a good value is, behind "give".
    let expectation: String
    let read: @Sendable (String) -> Value?
}

/// What of a parameter does not depend on its value's type.
protocol ParameterDescription: Sendable {
    var name: String { get }
    /// What it is for: a sentence.
    var sentence: String { get }
    /// Which values there are, in the words of JSON Schema.
    var schema: DocumentValue { get }
}

extension Parameter where Value == String {
    /// Any text but an empty one.
    static func text(_ name: String, upTo length: Int, _ sentence: String) -> Parameter {
        Parameter(
            name: name, sentence: sentence,
            schema: ["type": "string", "minLength": 1, "maxLength": .number(length)],
            expectation: "a text of 1 to \(length) characters"
        ) { 1...length ~= $0.unicodeScalars.count ? $0 : nil }
    }
}

extension Parameter where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One word of a list.
    static func word(_ name: String, usual: Value, _ sentence: String) -> Parameter {
        let words = Value.allCases.map(\.rawValue)
        return Parameter(
            name: name, sentence: sentence,
            schema: ["type": "string", "enum": .list(words.map { .text($0) }), "default": .text(usual.rawValue)],
            expectation: "one of \(words.joined(separator: ", "))"
        ) { Value(rawValue: $0) }
    }
}

extension Parameter where Value == Int {
    /// A whole number.
    static func number(_ name: String, _ range: ClosedRange<Int>, _ sentence: String) -> Parameter {
        Parameter(
            name: name, sentence: sentence,
            schema: [
                "type": "integer", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound),
            ],
            expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)"
        ) { text in
            guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
            return Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Parameter where Value == Bool {
    static func flag(_ name: String, usual: Bool, _ sentence: String) -> Parameter {
        Parameter(
            name: name, sentence: sentence,
            schema: ["type": "boolean", "default": .flag(usual)], expectation: "true or false"
        ) { Bool($0) }
    }
}

/// How long a stream may be silent.
enum Silence: Sendable {
    case endless
    case nanoseconds(UInt64)
}

extension Parameter where Value == Silence {
    /// A length of time, or `off`.
    static func silence(_ name: String, _ sentence: String) -> Parameter {
        Parameter(
            name: name, sentence: sentence,
            schema: ["type": "string", "pattern": "^(off|[1-9][0-9]{0,3}(s|m))$", "examples": ["10s", "off"]],
            expectation: "a length of time such as 10s or 2m (1 to 4 digits and s or m), or off"
        ) { text in
            if text == "off" { return .endless }
            guard text.utf8.count <= 5, let first = text.utf8.first, first != UInt8(ascii: "0"),
                text.hasSuffix("s") || text.hasSuffix("m"),
                text.utf8.dropLast().allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
            else { return nil }
            return DurationText.nanoseconds(in: text, unit: nil).map { .nanoseconds($0) }
        }
    }
}
