import Comparison
import FlowModel
import Ingest

/// The filters of captures, and where they let nothing of a session through.
struct CaptureFilters {
    /// Of all frames, as the command asks for.
    private let own: TupleFilter?
    /// Of frames that were recorded, as their savefiles say.
    private var recorded: [String: TupleFilter] = [:]
    /// Expressions of savefiles that cannot be asked of sessions, and whether there are filters that are no expressions.
    private var unasked: Set<String> = []
    private var hasUnreadable = false
    /// Whether some frames came through no recorded filter.
    private var hasUnfiltered = false

    init(_ own: TupleFilter?) { self.own = own }

    /// Whether there is any.
    var isEmpty: Bool { own == nil && recorded.isEmpty && unasked.isEmpty && !hasUnreadable }

    /// Takes in what a savefile says of its frames.
    mutating func note(_ filters: RecordedFilters) {
        for expression in filters.expressions where recorded[expression] == nil && !unasked.contains(expression) {
            if let filter = TupleFilter(recorded: expression) {
                recorded[expression] = filter
            } else {
                unasked.insert(expression)
            }
        }
        hasUnreadable = hasUnreadable || filters.hasUnreadable
        hasUnfiltered = hasUnfiltered || filters.hasNone
    }

    /// Characters of an expression that a note shows.
    private static var shownLength: Int { 80 }

    /// What is to be said of them.
    var doubts: [String] {
        var doubts = own?.doubt.map { [$0] } ?? []
        let filters = unasked.sorted().map { expression in
            let shown = expression.prefix(Self.shownLength)
            return "the filter \(shown)\(shown.count < expression.count ? "…" : "")"
        }
        doubts += (filters + (hasUnreadable ? ["filters that are no text, or too many"] : [])).map {
            "packets of a savefile were captured with \($0), which cannot be asked of sessions: what it left out of those that were captured seems to be missing, others are not compared"
        }
        return doubts
    }

    /// Where the filters let nothing of a session through: its packets show another tuple behind a translation.
    func gaps(of session: Session) -> CaptureGaps {
        guard !isEmpty else { return [] }
        let (original, reply) = (session.record.original, session.record.reply)
        let seen = Self.seen(session)
        var gaps = CaptureGaps()
        for (gap, key) in [
            (CaptureGaps.originalIn, original), (.originalOut, reply.inverse), (.replyIn, reply),
            (.replyOut, original.inverse),
        ] {
            if lacks(key, isSeen: seen.contains(gap)) {
                gaps.insert(gap)
            } else if lacksFragments(key) {
                gaps.insert(.fragments)
            }
        }
        return gaps
    }

    /// Whether a filter that lets packets through refuses their fragments, as one for ports does.
    private func lacksFragments(_ key: FlowKey) -> Bool {
        ([own].compactMap(\.self) + recorded.values).contains {
            $0.admits(key) == true && $0.admits(key, isFragment: true) == false
        }
    }

    private func lacks(_ key: FlowKey, isSeen: Bool) -> Bool {
        // Of a filter that cannot be asked, what was captured somewhere shows that it lets packets through there.
        if let own, !(own.admits(key) ?? isSeen) { return true }
        if !isSeen, hasUnreadable || !unasked.isEmpty { return true }
        let refusals = recorded.values.count { $0.admits(key) == false }
        guard refusals > 0 else { return false }
        // Which of several captures should have seen it nobody knows: where one refuses it and none saw it, it may be that one.
        let isRefusedByAll = refusals == recorded.count && !hasUnfiltered && unasked.isEmpty && !hasUnreadable
        return isRefusedByAll || !isSeen
    }

    /// Where something of a session was captured.
    private static func seen(_ session: Session) -> CaptureGaps {
        var seen = CaptureGaps()
        for lane in session.taps.lanes {
            let way = lane.tap.direction
            if !lane.original.isEmpty {
                if way != .egress { seen.insert(.originalIn) }
                if way != .ingress { seen.insert(.originalOut) }
            }
            if !lane.reply.isEmpty {
                if way != .ingress { seen.insert(.replyIn) }
                if way != .egress { seen.insert(.replyOut) }
            }
        }
        return seen
    }
}
