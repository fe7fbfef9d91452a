public import FlowModel

/// Which names are meant: one, or those of a pattern.
public enum NameTest: Hashable, Sendable {
    case exact(NameID)
    case pattern(NamePattern)
}

extension NameTest {
    /// Reads a name; a star in it stands for anything, unless it was quoted. `nil` where there is no text.
    init?(_ value: FilterToken, names: NameTable) {
        guard !value.text.isEmpty else { return nil }
        self =
            value.text.contains("*") && !value.isQuoted
            ? .pattern(NamePattern(value.text, names: names)) : .exact(names.number(of: value.text.utf8))
    }
}
