public import FlowModel

/// Picks the first `limit` sessions of a ranking while all of them are shown to it once, in any order.
///
/// Keeps no more than `limit` sessions: a heap whose root is the last of those kept, so that most sessions cost one
/// comparison. The result does not depend on the order in which sessions come.
public struct TopSelection: Sendable {
    public let key: SortKey
    public let order: SortOrder
    /// At most so many sessions are kept; `nil` is all of them.
    public let limit: Int?
    /// What durations are counted to.
    public let now: Timestamp
    /// What all sessions come to that were considered so far.
    public private(set) var totals = SelectionTotals()

    private let capacity: Int
    /// The heap, once there are `capacity` entries; before that, in the order in which they came.
    private var entries: [RankEntry] = []
    private var sessions: [Session] = []

    /// - Parameters:
    ///   - limit: 0 or more; `nil` keeps all sessions.
    ///   - order: `nil` is the key's usual order.
    public init(limit: Int?, by key: SortKey, order: SortOrder? = nil, now: Timestamp) {
        precondition(limit ?? 0 >= 0, "a selection of a negative number of sessions")
        self.key = key
        self.order = order ?? key.usualOrder
        self.limit = limit
        self.now = now
        capacity = limit ?? .max
    }

    /// Counts a session, and keeps it if it is among the first so far.
    ///
    /// - Complexity: O(1) for one that is not kept, else O(log `limit`).
    public mutating func consider(_ session: borrowing Session) {
        totals.add(session)
        let value = key.value(of: session, at: now)
        var entry = RankEntry(
            value: order == .descending ? value : value.reversed, fallback: value.isKnown ? .unknown : session.weight,
            id: session.record.id, place: UInt32(entries.count))
        if entries.count < capacity {
            entries.append(entry)
            sessions.append(copy session)
            if entries.count == capacity { heapify() }
        } else if capacity > 0, entry.comesBefore(entries[0]) {
            entry.place = entries[0].place
            entries[0] = entry
            sessions[Int(entry.place)] = copy session
            siftDown(from: 0)
        }
    }

    /// The sessions kept, in order.
    ///
    /// - Complexity: O(n log n) in the number of sessions kept.
    public consuming func ranked() -> SessionRanking {
        entries.sort { $0.comesBefore($1) }
        return SessionRanking(key: key, order: order, totals: totals, sessions: sessions, places: entries.map(\.place))
    }

    private mutating func heapify() {
        for parent in stride(from: entries.count / 2 - 1, through: 0, by: -1) { siftDown(from: parent) }
    }

    private mutating func siftDown(from start: Int) {
        let moving = entries[start]
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child].comesBefore(entries[child + 1]) { child += 1 }
            guard moving.comesBefore(entries[child]) else { break }
            entries[parent] = entries[child]
            parent = child
        }
        entries[parent] = moving
    }
}

/// A session's place in the ranking: small, so that the heap moves no sessions about.
struct RankEntry: Sendable {
    /// Greater is first.
    var value: SortValue
    /// What ranks those whose value is unknown; greater is first, in either order.
    var fallback: SortValue
    var id: SessionID
    /// Where the session is kept.
    var place: UInt32

    /// Equal keys are told apart by identity, so that two looks at the same table agree. Where nobody has the key, such as a
    /// rate while accounting is off, that would show sessions picked by a hash: they rank by ``fallback`` first.
    @inline(__always)
    func comesBefore(_ other: RankEntry) -> Bool {
        if value != other.value { return other.value < value }
        return fallback != other.fallback ? other.fallback < fallback : id.rawValue < other.id.rawValue
    }
}

extension Session {
    /// What makes a session worth showing when the key asked for says nothing: bytes, and the later start where these are
    /// equal or unknown.
    fileprivate var weight: SortValue {
        let byteCount = counters?.total.byteCount
        return SortValue(
            high: byteCount.map { $0 == .max ? .max : $0 + 1 } ?? 0,
            low: start.map { UInt64(bitPattern: $0.nanoseconds) ^ 1 << 63 } ?? 0)
    }
}
