/// What the next bytes of a savefile are.
public struct SavefileStep: Sendable, Equatable {
    public enum Content: Sendable, Equatable {
        /// Nothing that concerns nfmon.
        case nothing
        case interface(SavefileInterface)
        case loss(SavefileLoss)
        /// Its bytes begin after ``SavefileRecord/headerLength``, and are in the window.
        case record(SavefileRecord)
    }

    public var content: Content
    /// Bytes that it takes, from the window's first on; more than the window has where they do not matter.
    public var length: Int

    init(_ content: Content, length: Int) {
        self.content = content
        self.length = length
    }
}
