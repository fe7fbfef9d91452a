public import FlowModel

/// Sessions in order, with the totals of all that were considered: the answer to a question.
public struct SessionRanking: RandomAccessCollection, Sendable {
    public let key: SortKey
    public let order: SortOrder
    /// What all considered sessions come to; there may be more of them than the ranking holds.
    public let totals: SelectionTotals

    private let sessions: [Session]
    private let places: [UInt32]

    init(key: SortKey, order: SortOrder, totals: SelectionTotals, sessions: [Session], places: [UInt32]) {
        self.key = key
        self.order = order
        self.totals = totals
        self.sessions = sessions
        self.places = places
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { places.count }

    /// - Complexity: O(1).
    public subscript(position: Int) -> Session { sessions[Int(places[position])] }
}
