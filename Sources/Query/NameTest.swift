public import FlowModel

/// Which names are meant: one, or those of a pattern.
public enum NameTest: Hashable, Sendable {
    case exact(HeldName)
    case pattern(NamePattern)
}

extension NameTest {
    /// Reads a name; a star in it stands for anything, unless it was quoted. `nil` where there is no text.
    init?(_ value: FilterToken, names: NameTable) {
        guard !value.text.isEmpty else { return nil }
        if value.text.contains("*"), !value.isQuoted {
            self = .pattern(NamePattern(value.text, names: names))
        } else if let name = HeldName(value.text.utf8, in: names) {
            self = .exact(name)
        } else {
            // The numbers are for names that there are: whoever asks for others may not use them up.
            self = .pattern(NamePattern(exactly: value.text, names: names))
        }
    }
}
