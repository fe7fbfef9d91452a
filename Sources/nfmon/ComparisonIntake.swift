import Comparison
import FlowModel
import Ingest
import Sessions

/// Hands the sessions of a table to a comparison, as each will tell no more.
struct ComparisonIntake {
    /// Sessions that differ which are kept at most, each some 3 KiB with what explains it.
    private static let limit = 100_000

    private(set) var comparison: Comparison
    /// What conntrack had counted of sessions when it was first asked.
    private var baselines: [SessionID: (counters: DirectionalCounters, time: Timestamp)] = [:]
    /// When the capture began.
    private let start: Timestamp
    private var events: [SessionEvent] = []
    /// Decide about sessions of which the capture saw nothing.
    private(set) var filters: CaptureFilters
    private(set) var filteredCount: UInt64 = 0
    /// Sessions of which a filter lets some packets through, and not others.
    private var halvedCount: UInt64 = 0

    init(_ facts: ComparisonFacts, names: NameBook, filter: TupleFilter?) {
        comparison = Comparison(facts, names: names, limit: Self.limit)
        filters = CaptureFilters(filter)
        start = facts.start
    }

    /// Takes the ends that have come by now, and the sessions that were there from the beginning.
    mutating func drain(_ store: SessionStore, at time: Timestamp) {
        _ = store.takeEvents(into: &events)
        for event in events {
            switch event.kind {
            case .start:
                if event.session.record.facts.contains(.predatesListener),
                    let counters = event.session.conntrackCounters
                {
                    baselines[event.session.record.id] = (counters, time)
                }
            case .end: add(event.session)
            default: break
            }
        }
    }

    /// Takes the sessions that have not ended.
    mutating func addLiving(of store: SessionStore) {
        var position: UInt32? = 0
        // A part at a time: the table may be as large as memory allows once.
        while let from = position {
            let (part, next) = store.withTable { table in
                var part: [Session] = []
                let next = table.forEach(at: 0, from: from) { session in
                    if !session.record.facts.contains(.ended) { part.append(copy session) }
                }
                return (part, next)
            }
            part.forEach { add($0) }
            position = next
        }
    }

    private mutating func add(_ session: Session) {
        let gaps = filters.gaps(of: session)
        if gaps == .all, session.taps.isEmpty {
            filteredCount += 1
            return
        }
        if gaps == .all { halvedCount += 1 }
        let baseline = baselines.removeValue(forKey: session.record.id)
        // Of one that began before the eyes of the capture all that conntrack counted is to be seen.
        let isOlder = session.start.map { $0 < start } ?? true
        let before = isOlder ? baseline : nil
        comparison.add(ComparedSession(session, baseline: before?.counters, at: before?.time, gaps: gaps))
    }

    /// Takes in with which filters a savefile's frames were captured.
    mutating func note(_ recorded: RecordedFilters) { filters.note(recorded) }

    mutating func conclude(_ facts: ComparisonFacts, names: NameBook) -> ComparisonOutcome {
        var facts = facts
        if halvedCount > 0 {
            facts.notes.append(
                "a capture's filter picks packets of \(halvedCount) \(halvedCount == 1 ? "session" : "sessions"), which so are compared without it"
            )
        }
        return comparison.conclude(facts, names: names)
    }
}
