public import FlowModel

/// Groups in order, with the totals of all that are meant: the answer to a question with `--by`.
public struct GroupRanking: RandomAccessCollection, Sendable {
    public let key: GroupSortKey
    public let order: SortOrder
    /// How many groups are meant; there may be more of them than the ranking holds.
    public let groupCount: Int
    /// Groups of which it is not known whether they are meant.
    public let unjudgedCount: Int
    /// What the sessions of all meant groups come to.
    public let totals: SelectionTotals

    private let selection: GroupSelection
    private let numbers: [UInt32]

    /// Ranks groups.
    ///
    /// - Parameters:
    ///   - order: `nil` is the key's usual order.
    ///   - limit: 0 or more; `nil` keeps all groups.
    ///   - filter: which groups are meant; `nil` for all.
    ///   - names: what names are ranked by.
    /// - Complexity: O(n log n) in the number of groups.
    public init(
        _ selection: GroupSelection, by key: GroupSortKey, order: SortOrder? = nil, limit: Int?,
        having filter: GroupFilter? = nil, names: NameBook
    ) {
        precondition(limit ?? 0 >= 0, "a ranking of a negative number of groups")
        self.key = key
        self.order = order ?? key.usualOrder
        self.selection = selection
        let values = GroupSortValues(key, selection, names)
        var (entries, totals, unjudgedCount) = ([Entry](), SelectionTotals(), 0)
        for number in 0..<selection.count {
            if let filter, !filter.admits(number, of: selection) {
                if !filter.excludes(number, of: selection) { unjudgedCount += 1 }
                continue
            }
            let group = selection.totals(number)
            totals = totals + group.sessions
            let value = values[number]
            entries.append(
                Entry(
                    value: self.order == .descending ? value : value.reversed,
                    byteCount: group.counters?.byteCount ?? 0, number: UInt32(number)))
        }
        entries.sort { left, right in
            if left.value != right.value { return right.value < left.value }
            if left.byteCount != right.byteCount { return right.byteCount < left.byteCount }
            return selection.isKey(Int(left.number), before: Int(right.number))
        }
        groupCount = entries.count
        numbers = entries.prefix(limit ?? .max).map(\.number)
        self.totals = totals
        self.unjudgedCount = unjudgedCount
    }

    private struct Entry {
        var value: SortValue
        /// What ranks those whose values are equal or unknown.
        var byteCount: UInt64
        var number: UInt32
    }

    /// What the groups are by.
    public var grouping: Grouping { selection.grouping }

    public var startIndex: Int { 0 }
    public var endIndex: Int { numbers.count }

    /// - Complexity: O(columns).
    public subscript(position: Int) -> SessionGroup { selection.group(Int(numbers[position])) }
}

/// The sort keys of groups as plain numbers.
private struct GroupSortValues {
    private let key: GroupSortKey
    private let selection: GroupSelection
    /// Of names: each one's place among all, by number.
    private var places: [UInt64] = []

    init(_ key: GroupSortKey, _ selection: GroupSelection, _ names: NameBook) {
        self.key = key
        self.selection = selection
        guard case .column(let index) = key else { return }
        switch selection.grouping.columns[index].subject {
        case .rule, .helper, .ingress, .egress, .physicalIngress, .physicalEgress:
            let bytes = (0..<names.names.count).map {
                names.bytes(of: NameID(rawValue: UInt16(truncatingIfNeeded: $0)))
            }
            places = [UInt64](repeating: 0, count: bytes.count)
            let sorted = bytes.indices.sorted { bytes[$0].lexicographicallyPrecedes(bytes[$1]) }
            for (place, number) in sorted.enumerated() { places[number] = UInt64(place) }
        default: break
        }
    }

    subscript(number: Int) -> SortValue {
        switch key {
        case .measure(.start):
            selection.totals(number).sessions.earliestStart.map { SortValue(signed: $0.nanoseconds) } ?? .unknown
        case .measure(.lastSeen): SortValue(signed: selection.totals(number).lastSeen.nanoseconds)
        case .measure(let measure): selection.totals(number).amount(measure).map { SortValue($0.value) } ?? .unknown
        case .column(let index):
            selection.words(number, column: index).map { words in
                places.isEmpty ? SortValue(high: words.high, low: words.low) : place(words.low, of: index)
            } ?? .unknown
        }
    }

    /// Interfaces without a name come behind those that have one.
    private func place(_ word: UInt64, of index: Int) -> SortValue {
        switch selection.grouping.columns[index].subject {
        case .ingress, .egress, .physicalIngress, .physicalEgress:
            word >> 32 == 0 ? SortValue(high: 1, low: word) : SortValue(places[Int(word >> 32)])
        default: SortValue(places[Int(word)])
        }
    }
}
