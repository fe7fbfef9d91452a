public import FlowModel

/// What the next bytes of a savefile are.
public struct SavefileStep: Sendable, Equatable {
    public enum Content: Sendable, Equatable {
        /// Nothing that concerns nfmon.
        case nothing
        case interface(SavefileInterface)
        /// Records that the capture lost on one of its interfaces (`number`) since the last word of it; the time is that of the word,
        /// and 0 where the file's writer knew none.
        case loss(count: UInt64, number: Int, time: Timestamp)
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
