public import FlowModel
public import Query
public import Reports
public import Sessions

/// A question about the sessions of a table: which, in what order or groups, and how many.
///
/// The command line and the server ask the same one; it is parsed with the table's own names.
public struct SessionQuestion: Sendable {
    public let filter: SessionFilter
    /// What to group by; `nil` where single sessions are asked for.
    public let grouping: Grouping?
    public let having: GroupFilter?
    /// How many sessions or groups to show; `nil` is all of them.
    public let limit: Int?
    private let key: SortKey
    private let groupKey: GroupSortKey
    private let sort: String?

    /// What a question can be wrong in.
    public enum Fault: Error, CustomStringConvertible {
        /// The filter, or `having`, or `by`: with a caret under the place.
        case filter(FilterError)
        case sort(UnknownSortKey)
        /// `having` without `by`.
        case havingWithoutGroups

        public var description: String {
            switch self {
            case .filter(let error): error.description
            case .sort(let error): error.description
            case .havingWithoutGroups: "having chooses groups: there are none without by."
            }
        }
    }

    /// - Parameters:
    ///   - filter: which sessions are meant, in the words of filters; empty for all.
    ///   - by: the columns to group by, with commas between them.
    ///   - having: which groups are meant, in the words of filters.
    ///   - sort: the key's name; `nil` is by rate or by bytes.
    ///   - prefersRate: whether rates are known, so that they are the order that is meant where none is given.
    ///   - limit: 0 or more.
    ///   - names: those of the table that is asked.
    public init(
        filter: String = "", by: String? = nil, having: String? = nil, sort: String? = nil, prefersRate: Bool = false,
        limit: Int? = nil, names: NameTable
    ) throws(Fault) {
        precondition(limit ?? 0 >= 0, "a question for a negative number of sessions")
        self.limit = limit
        self.sort = sort
        let usual = prefersRate ? SortKey.byteRate : .bytes
        do throws(FilterError) {
            self.filter = try SessionFilter(parsing: filter, names: names)
            let grouping = try by.map { text throws(FilterError) in try Grouping(parsing: text) }
            self.grouping = grouping
            self.having = try having.flatMap { text throws(FilterError) in
                try grouping.map { grouping throws(FilterError) in
                    try GroupFilter(parsing: text, grouping: grouping, names: names)
                }
            }
        } catch { throw .filter(error) }
        if grouping == nil, having != nil { throw .havingWithoutGroups }
        do throws(UnknownSortKey) {
            if let grouping {
                key = usual
                let measure: GroupSortKey = prefersRate ? .measure(.byteRate) : .measure(.bytes)
                groupKey =
                    try sort.map { text throws(UnknownSortKey) in
                        try GroupSortKey(parsing: text, grouping: grouping)
                    } ?? measure
            } else {
                key = try sort.map { text throws(UnknownSortKey) in try SortKey(parsing: text) } ?? usual
                groupKey = .measure(.bytes)
            }
        } catch { throw .sort(error) }
    }

    /// What the sessions are sorted by, in the user's own word if there is one, and whether that is a rate.
    public var sortName: (name: String, isRate: Bool) {
        guard grouping != nil else { return (key.name, key == .byteRate || key == .packetRate) }
        return (sort ?? "rate", groupKey == .measure(.byteRate) || groupKey == .measure(.packetRate))
    }

    /// What the table has to say.
    ///
    /// - Parameters:
    ///   - time: now, by both clocks: ages are counted to it.
    ///   - seed: random numbers that nobody outside can know, against chosen hash collisions of groups.
    ///   - ended: sessions that are meant, too, and that the table no longer has.
    /// - Complexity: O(sessions); sources wait meanwhile.
    public func answer(
        from store: SessionStore, _ names: NameTable, at time: ReceiveTime, seed: (UInt64, UInt64),
        beside ended: [Session] = []
    ) -> SessionAnswer {
        let now = time.wall
        var answer: SessionAnswer
        if let grouping {
            let look = TableLook(
                store, into: GroupSelection(grouping, seed: seed, now: now), filter, at: time, beside: ended)
            let book = look.names(from: names)
            answer = SessionAnswer(
                sessions: TopSelection(limit: 0, by: .bytes, now: now).ranked(),
                groups: GroupRanking(look.selection, by: groupKey, limit: limit, having: having, names: book),
                summary: look.summary, names: book, now: now, having: having?.text, unjudgedCount: look.unjudgedCount)
        } else {
            let look = TableLook(
                store, into: TopSelection(limit: limit, by: key, now: now), filter, at: time, beside: ended)
            answer = SessionAnswer(
                sessions: look.selection.ranked(), summary: look.summary, names: look.names(from: names), now: now,
                unjudgedCount: look.unjudgedCount)
        }
        answer.monotonicNow = time.monotonic
        answer.filter = filter.isOpen ? nil : filter.text
        return answer
    }
}
