/// How a filter compares a column with a value.
enum FilterComparison: Hashable {
    case equal
    case notEqual
    case less
    case lessOrEqual
    case greater
    case greaterOrEqual

    /// Whether it asks for an order, which not every column has.
    var needsOrder: Bool { self != .equal && self != .notEqual }

    /// What holds of the values when this holds of what grows as they shrink.
    var reversed: FilterComparison {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }

    /// The values that compare so with `value`, or their opposite for ``notEqual``; `nil` where there are none, as below 0.
    func range<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) -> ClosedRange<Value>? {
        switch self {
        case .equal, .notEqual: value...value
        case .less: value == 0 ? nil : 0...(value - 1)
        case .lessOrEqual: 0...value
        case .greater: value == .max ? nil : (value + 1)...(.max)
        case .greaterOrEqual: value...(.max)
        }
    }

    /// The comparison of a word that is one only where a comparison is expected: goQuery's `-eq`, and words that may be names.
    init?(word: String) {
        switch word.lowercased() {
        case "equals", "-eq": self = .equal
        case "-ne", "-neq": self = .notEqual
        case "l", "-l", "-lt": self = .less
        case "-le", "-leq": self = .lessOrEqual
        case "g", "-g", "-gt": self = .greater
        case "-ge", "-geq": self = .greaterOrEqual
        default: return nil
        }
    }
}
