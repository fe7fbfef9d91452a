internal import FlowModel

// Packets that were under way when the captures began or ended, and those that came before conntrack's last word.

extension Comparison {
    /// What conntrack or rules counted when the capture had ended: no more than came until their last word.
    func accountForEnd(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session, _ tap: DirectionCounts.TapCounts
    ) {
        if accountForLate(&short, counts, session) { return }
        let hasEnded = session.record.facts.contains(.ended)
        let read = hasEnded ? session.record.lastSeen : facts.lastLook ?? facts.end
        let time = read.nanoseconds(since: facts.end)
        let pace = Pace(tap.counts)
        // One that had rested for longer than it does, and for longer than conntrack counted on, had ended as far as anybody knows.
        guard facts.end.nanoseconds(since: tap.counts.last) <= max(time, pace.greatestPause) else { return }
        short.account(
            .endedAfter, for: pace.most(in: time), isCertain: false,
            [
                "its last captured packet came \(Self.seconds(from: tap.counts.last, to: facts.end)) before the capture ended, and conntrack counted on for \(Self.seconds(from: facts.end, to: read))"
            ])
    }

    /// What is known to have come after the end.
    ///
    /// - Returns: whether that is known.
    @discardableResult
    func accountForLate(_ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session) -> Bool {
        // What came then with its tuple is of the next one.
        if facts.late != nil, hasEndedBefore(session) { return true }
        let last = short.more == .conntrack ? lastCounted(session) : nil
        guard var count = count(facts.late, counts, session, short, until: last) else { return false }
        // Rules log on when conntrack's table was looked at, and what ends then tells its counters.
        if let later = facts.later, short.more == .nflog || session.record.facts.contains(.ended) {
            guard let more = self.count(later, counts, session, short, until: last) else { return false }
            count = count.adding(more)
        }
        short.account(
            .endedAfter, for: count, isCertain: false,
            [lateSentence(count, short.more)])
        return true
    }

    /// Takes what left after the end off conntrack's total, where both ways are captured: what it has then less than came in, and more than
    /// left, are packets of the comparison's own time.
    func settleEnd(_ counts: inout DirectionCounts, _ session: Session, _ found: inout [Difference]) {
        let last = lastCounted(session)
        guard facts.isWhole(.packet), !hasEndedBefore(session), counts.entering != nil, counts.leaving != nil,
            var left = facts.late?.leaving(session.record, counts, until: last)
        else { return }
        if let later = facts.later, session.record.facts.contains(.ended) {
            guard let more = later.leaving(session.record, counts, until: last) else { return }
            left = left.adding(more)
        }
        let late = counts.takeLate(left)
        var short = Shortfall(counts.direction, .conntrack, .captureIn, late.counters, isShare: late.isShare)
        short.account(.endedAfter, isCertain: false, [lateSentence(left, .conntrack)])
        found += short.found
    }

    private func lateSentence(_ count: UInt64, _ place: CountedPlace) -> String {
        "\(count) of its packets came after the end, while \(place == .nflog ? "rules still logged" : "conntrack's counters were still read")"
    }

    private func hasEndedBefore(_ session: Session) -> Bool {
        session.record.facts.contains(.ended) && session.record.lastSeen < facts.end
    }

    /// Until when conntrack can have counted packets of a session that were captured; `nil` where nobody knows. It reads its entries one by one,
    /// and long before the firewall's tools have told their rules. What the capture saw until then is known to a second (`EdgeFrames`).
    private func lastCounted(_ session: Session) -> Timestamp? {
        let record = session.record
        guard let start = facts.lastLookStart, let time = facts.lastLookStartTime, record.facts.contains(.counters),
            !record.facts.contains(.ended), record.countersReadAt >= start
        else { return nil }
        // What was counted leaves a moment later.
        let wait = Int64(clamping: record.countersReadAt - start)
        return Timestamp(nanoseconds: time.nanoseconds &+ wait &+ Self.clockSlack &+ Self.flight)
    }

    /// How many packets of a session an edge saw at the place at which one lane has more or less; `nil` where nobody knows.
    func count(
        _ frames: EdgeFrames?, _ counts: DirectionCounts, _ session: Session, _ short: Shortfall,
        until time: Timestamp? = nil
    ) -> UInt64? {
        guard facts.isWhole(.packet), let entered = frames?.entering(session.record, counts, until: time),
            let left = frames?.leaving(session.record, counts, until: time)
        else { return nil }
        // What the host sends itself does not come in.
        return [short.more, short.fewer].contains(.captureOut) ? left : max(entered, left)
    }

    /// Packets that were under way when the captures began or ended: they had passed one interface and not yet the other.
    func accountForSkew(_ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session) {
        guard let late = facts.late, let entering = counts.entering?.counts, let leaving = counts.leaving?.counts,
            !entering.isEmpty, !leaving.isEmpty
        else { return }
        let most = Pace(entering).average(in: Self.flight)
        if short.more == .captureOut, leaving.first.nanoseconds(since: facts.start) <= Self.flight {
            short.account(
                .startedBefore, for: most, isCertain: false,
                ["its packets were under way when the captures began: they had come in before"])
        }
        guard short.fewer == .captureOut, !hasEndedBefore(session) else { return }
        let isBusy = facts.end.nanoseconds(since: entering.last) <= Self.flight
        let left = late.leaving(session.record, counts) ?? 0
        let entered = late.entering(session.record, counts) ?? 0
        // Whatever was under way left later, and was seen.
        // No more than a queue holds: taps that count differently differ by more.
        let queued = min(left.lacking(entered), Pace(entering).average(in: Self.queueing))
        let delayed = min(left, max(queued, isBusy ? most : 0))
        short.account(
            .endedAfter, for: delayed, isCertain: false,
            ["its packets were under way when the captures ended: they left a moment later"])
    }
}
