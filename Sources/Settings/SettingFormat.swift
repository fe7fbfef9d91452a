/// How the value of a setting is written.
struct SettingFormat<Value: Sendable>: Sendable {
    /// A word for it in help texts: `bytes`.
    var placeholder: String
    /// What may be written, as the end of a sentence: `a whole number from 1 to 10`.
    var expectation: String
    /// The value that a text means; `nil` where it means none.
    var parse: @Sendable (String) -> Value?
    /// The text that ``parse`` reads as a value.
    var text: @Sendable (Value) -> String

    /// The same, with a word that stands for having none.
    func or(_ word: String, _ meaning: String) -> SettingFormat<Value?> {
        SettingFormat<Value?>(
            placeholder: placeholder, expectation: "\(expectation), or \(word) for \(meaning)",
            parse: { [parse] text in text == word ? .some(nil) : parse(text).map(Optional.some) },
            text: { [text] in $0.map(text) ?? word })
    }
}

extension SettingFormat where Value == Bool {
    static let flag = SettingFormat(
        placeholder: "yes|no", expectation: "yes or no",
        parse: { text in
            switch text.lowercased() {
            case "yes", "true", "on": true
            case "no", "false", "off": false
            default: nil
            }
        },
        text: { $0 ? "yes" : "no" })
}

extension SettingFormat where Value: FixedWidthInteger {
    static func number(_ range: ClosedRange<Value>, placeholder: String = "n") -> SettingFormat {
        SettingFormat(
            placeholder: placeholder,
            expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { Value($0).flatMap { range.contains($0) ? $0 : nil } }, text: { "\($0)" })
    }
}

extension SettingFormat where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    static var word: SettingFormat {
        let words = Value.allCases.map(\.rawValue)
        let last = words.last ?? ""
        return SettingFormat(
            placeholder: "word", expectation: words.dropLast().joined(separator: ", ") + " or \(last)",
            parse: { Value(rawValue: $0) }, text: { $0.rawValue })
    }
}
