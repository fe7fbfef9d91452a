public import FlowModel

/// A value of a YAML text, with its place there.
public struct YAMLNode: Sendable {
    public enum Content: Sendable {
        /// A word, or several, without its quotes; empty where nothing is written.
        case scalar(String)
        case sequence([YAMLNode])
        /// In the order of the text; the same key may stand there twice.
        case mapping([YAMLEntry])
    }

    public var content: Content
    public var place: TextPlace

    public init(_ content: Content, at place: TextPlace) {
        self.content = content
        self.place = place
    }
}

/// A line of a mapping: `key: value`.
public struct YAMLEntry: Sendable {
    public var key: YAMLNode
    public var value: YAMLNode
}
