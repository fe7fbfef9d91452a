import FlowModel
import Sessions

/// The sessions that ended while a command listened: without conntrack, what there was is what packets told meanwhile, whether it has
/// ended since or not.
struct EndedSessions {
    private(set) var sessions: [Session] = []
    /// Those that there was no room for.
    private(set) var excessCount: UInt64 = 0
    private let limit: Int
    private var events: [SessionEvent] = []

    /// - Parameter limit: how many are kept.
    init(limit: Int) { self.limit = limit }

    /// Takes what the stream tells of ends.
    mutating func take(from store: SessionStore) {
        _ = store.takeEvents(into: &events)
        for event in events {
            guard case .end = event.kind else { continue }
            if sessions.count < limit { sessions.append(event.session) } else { excessCount &+= 1 }
        }
    }
}
