/// A filter that cannot be read: where, and what would have been right there.
public struct FilterError: Error, Hashable, CustomStringConvertible {
    /// What the text is: a filter, or an option's value.
    public let title: String
    /// The filter as it was written.
    public let text: String
    /// How many characters come before the place.
    public let offset: Int
    /// A sentence without a full stop.
    public let reason: String

    public init(title: String = "filter", text: String, offset: Int, reason: String) {
        self.title = title
        self.text = text
        self.offset = offset
        self.reason = reason
    }

    /// The part of the filter around the place with a caret under it, and the reason.
    public var description: String {
        // A long filter is shown in part: the line must not wrap, or the caret points elsewhere.
        let (lead, width) = (40, 72)
        let start = max(0, offset - lead)
        let shown = text.dropFirst(start).prefix(width)
        let prefix = start > 0 ? "…" : ""
        let suffix = text.count > start + width ? "…" : ""
        // What is no single column wide would move the caret.
        let line = Self.plain(shown)
        let indent = String(repeating: " ", count: prefix.count + offset - start)
        return "\(title): \(reason)\n  \(prefix)\(line)\(suffix)\n  \(indent)^"
    }

    /// Text as it can be shown anywhere, one column a character.
    static func plain(_ text: some StringProtocol) -> String {
        String(text.map { $0.isASCII && $0 >= " " && $0 < "\u{7f}" ? $0 : "?" })
    }

    /// A word of the filter in quotes, cut where it is long.
    static func quoted(_ word: String) -> String { "'\(plain(word.prefix(40)))\(word.count > 40 ? "…" : "")'" }
}
