/// Why there is no answer, or no screen: a sentence with its cure.
public struct ScreenFault: Error, Hashable, Sendable {
    public var sentence: String

    public init(_ sentence: String) { self.sentence = sentence }
}
