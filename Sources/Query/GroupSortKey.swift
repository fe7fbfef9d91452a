import FlowModel

/// What groups can be ranked by: what they come to, or one of their columns.
public enum GroupSortKey: Hashable, Sendable {
    case measure(GroupMeasure)
    /// The number of a column of the grouping.
    case column(Int)

    /// The key that `text` names, in any case of letters.
    public init(parsing text: String, grouping: Grouping) throws(UnknownSortKey) {
        let wanted = text.lowercased()
        if let measure = GroupMeasure.allCases.first(where: { $0.name == wanted }) {
            self = .measure(measure)
        } else if let index = grouping.columns.firstIndex(where: {
            $0.subject.spellings.contains(wanted) || $0.name == wanted
        }) {
            self = .column(index)
        } else {
            throw UnknownSortKey(
                text: text, keys: GroupMeasure.allCases.map(\.name) + grouping.columns.map(\.subject.name))
        }
    }

    /// The order that is meant when nobody says: greatest first for amounts and times, smallest first for columns.
    public var usualOrder: SortOrder {
        switch self {
        case .measure: .descending
        case .column: .ascending
        }
    }
}
