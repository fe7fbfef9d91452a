import FlowModel

/// Filters as nfmon reads them, in one spelling, which reads back as the same filter.
enum FilterText {
    /// A tree on one line.
    static func text<Test>(_ tree: BooleanTree<Test>, _ write: (Test) -> String) -> String {
        switch tree {
        case .test(let test): write(test)
        case .all(let parts) where parts.isEmpty: "any"
        case .any(let parts) where parts.isEmpty: "not any"
        case .all(let parts): parts.map { inner($0, write) }.joined(separator: " and ")
        case .any(let parts): parts.map { inner($0, write) }.joined(separator: " or ")
        }
    }

    private static func inner<Test>(_ tree: BooleanTree<Test>, _ write: (Test) -> String) -> String {
        if case .test(let test) = tree { return write(test) }
        return "(\(text(tree, write)))"
    }

    /// A tree as a line for each of its uppermost parts.
    static func lines<Test>(_ tree: BooleanTree<Test>, _ write: (Test) -> String) -> [String] {
        let (parts, word): ([BooleanTree<Test>], String) =
            switch tree {
            case .all(let parts) where !parts.isEmpty: (parts, "and ")
            case .any(let parts) where !parts.isEmpty: (parts, "or ")
            default: ([], "")
            }
        // One test, or none at all.
        guard !parts.isEmpty else { return [text(tree, write)] }
        return parts.enumerated().map { ($0.offset > 0 ? word : "") + inner($0.element, write) }
    }

    /// `name = value`, or `name != value`.
    static func equality(_ name: String, _ value: String, _ isNegated: Bool) -> String {
        "\(name) \(isNegated ? "!=" : "=") \(value)"
    }

    /// `name >= 5`, or what else says that a value is in the range.
    static func range<Value: FixedWidthInteger>(
        _ name: String, _ range: ClosedRange<Value>, _ isNegated: Bool, write: (Value) -> String = { String($0) }
    ) -> String {
        if range.lowerBound == range.upperBound { return equality(name, write(range.lowerBound), isNegated) }
        let not = isNegated ? "not " : ""
        // The rounder of two numbers is the one that was written.
        if range.upperBound == .max {
            let isBeyond = !range.lowerBound.isMultiple(of: 10) && (range.lowerBound - 1).isMultiple(of: 10)
            return "\(not)\(name) \(isBeyond ? "> \(write(range.lowerBound - 1))" : ">= \(write(range.lowerBound))")"
        }
        if range.lowerBound == .min {
            let isBelow = !range.upperBound.isMultiple(of: 10) && (range.upperBound + 1).isMultiple(of: 10)
            return "\(not)\(name) \(isBelow ? "< \(write(range.upperBound + 1))" : "<= \(write(range.upperBound))")"
        }
        return equality(name, "\(write(range.lowerBound))-\(write(range.upperBound))", isNegated)
    }

    /// A name as a value: quoted where it would not be read as one word, or where its star is no pattern's.
    static func name(_ name: NameTest, _ names: Names) -> String {
        switch name {
        case .pattern(let pattern): pattern.isExact ? quoted(pattern.text) : FilterError.plain(pattern.text)
        case .exact(let name): quoted(String(decoding: names.bytes(of: name.number), as: UTF8.self))
        }
    }

    private static func quoted(_ name: String) -> String {
        let text = FilterError.plain(name)
        let isWord = text.utf8.allSatisfy { plainBytes.contains($0) } && !keywords.contains(text.lowercased())
        return isWord ? text : text.contains("'") ? "\"\(text)\"" : "'\(text)'"
    }

    private static let plainBytes = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:@/".utf8)

    /// Words that are no values unless they are quoted.
    private static let keywords: Set<String> = [
        "and", "or", "not", "in", "eq", "ne", "neq", "lt", "less", "gt", "greater", "le", "leq", "ge", "geq", "equals",
        "g", "l", "-g", "-l", "-eq", "-ne", "-neq", "-lt", "-gt", "-le", "-leq", "-ge", "-geq",
    ]
}
