import Comparison

/// The sessions that are shown where more differ than fit: some of each reason, so that a flood of one hides no other.
struct ComparisonPage {
    private(set) var sessions: [ComparedSession] = []
    /// How many are left out, by their reason.
    private(set) var left: [(reason: DifferenceReason, count: Int)] = []

    /// - Parameters:
    ///   - all: the sessions as they are ranked, those of one reason together.
    ///   - limit: how many are shown at most.
    init(_ all: [ComparedSession], limit: Int?) {
        guard let limit, all.count > limit else {
            sessions = all
            return
        }
        var groups: [(reason: DifferenceReason, sessions: ArraySlice<ComparedSession>)] = []
        for (place, session) in all.enumerated() {
            let reason = session.mainReason
            if groups.last?.reason != reason { groups.append((reason, all[place..<place])) }
            groups[groups.count - 1].sessions = all[groups[groups.count - 1].sessions.startIndex...place]
        }
        for (group, share) in zip(groups, Self.shares(of: limit, among: groups.map(\.sessions.count))) {
            sessions += group.sessions.prefix(share)
            if share < group.sessions.count { left.append((group.reason, group.sessions.count - share)) }
        }
    }

    /// As many for each as for every other one, and what the small ones do not need for the first of those that are larger.
    private static func shares(of limit: Int, among counts: [Int]) -> [Int] {
        var shares = [Int](repeating: 0, count: counts.count)
        var rest = limit
        while rest > 0 {
            let wanting = counts.indices.filter { shares[$0] < counts[$0] }
            guard !wanting.isEmpty else { break }
            let share = max(1, rest / wanting.count)
            for place in wanting.prefix(rest) {
                let more = min(share, counts[place] - shares[place])
                shares[place] += more
                rest -= more
            }
        }
        return shares
    }

    /// `and 960 more sessions that differ (900 denied, 60 sampled): -n shows them`; nothing where all are shown.
    func appendRest(to text: inout [UInt8]) {
        guard !left.isEmpty else { return }
        text.append(contentsOf: "and ".utf8)
        let count = left.reduce(0) { $0 + $1.count }
        text.appendCount(UInt64(count), "more session")
        text.append(contentsOf: " that \(count == 1 ? "differs" : "differ") (".utf8)
        for (place, part) in left.enumerated() {
            if place > 0 { text.append(contentsOf: ", ".utf8) }
            text.appendGrouped(UInt64(part.count))
            text.append(contentsOf: " \(part.reason.rawValue)".utf8)
        }
        text.append(contentsOf: "): -n shows them\n".utf8)
    }
}
