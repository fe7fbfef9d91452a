internal import Wire

/// The filters with which a savefile's frames were captured, as far as it says.
public struct RecordedFilters: Sendable, Equatable {
    /// Filters that are kept: a file may name another one with each of its interfaces.
    private static var limit: Int { 16 }

    /// Those in tcpdump's language, each once.
    public private(set) var expressions: [String] = []
    /// Whether there are others, which nobody can read.
    public private(set) var hasUnreadable = false
    /// Whether some interface's frames came through none.
    public private(set) var hasNone = false

    public init() {}

    mutating func note(_ filter: SavefileFilter?) {
        switch filter {
        case nil: hasNone = true
        case .expression(let expression) where expressions.contains(expression): break
        case .expression(let expression) where expressions.count < Self.limit: expressions.append(expression)
        case .expression, .program: hasUnreadable = true
        }
    }
}
