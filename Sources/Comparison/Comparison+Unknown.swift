internal import FlowModel

// Sessions that a capture saw and conntrack does not know.

extension Comparison {
    /// - Parameter earlier: what was found of the session's other direction.
    mutating func explainUnknown(
        _ counts: DirectionCounts, _ session: Session, _ earlier: [Difference], denied: inout UInt64,
        _ found: inout [Difference]
    ) {
        guard let (tap, place) = counts.tap else { return }
        if tap.counts.whole.packetCount == 0 {
            guard tap.counts.errorCount > 0 else { return }
            found.append(
                Difference(
                    .icmpError, counts.direction, more: place, fewer: .conntrack,
                    packetCount: UInt64(tap.counts.errorCount),
                    evidence: ["ICMP errors speak of it, and nothing else does: conntrack makes no session of them"]))
            return
        }
        let whole = tap.counts.whole
        let left = counts.entering == nil ? Counters() : counts.leaving?.counts.whole ?? Counters()
        var stopped = Shortfall(counts.direction, place, .conntrack, whole.since(left))
        accountForDenied(&stopped, counts, session, earlier, denied: &denied)
        found += stopped.found
        var passed = Shortfall(counts.direction, place, .conntrack, whole.since(whole.since(left)))
        accountForPassed(&passed, counts, session)
        found += passed.found
    }

    /// Packets that came in and did not leave, as far as is known; those of a host's own are among them.
    private mutating func accountForDenied(
        _ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session, _ earlier: [Difference],
        denied: inout UInt64
    ) {
        accountForDenials(&short, session, denied: &denied)
        let views = views(of: counts, session)
        accountForRules(&short, views, Self.reason)
        if counts.entering == nil, earlier.contains(where: { $0.reason == .denied }) {
            short.account(.denied, ["these are the firewall's own answers to what it rejected"])
        }
        accountForUntold(&short, session)
        short.account(.unexplained, noRule(nil))
    }

    /// Packets that came in and left.
    private mutating func accountForPassed(_ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session) {
        guard let entered = counts.entering, let left = counts.leaving else { return }
        accountForRules(&short, views(of: counts, session)) { _ in nil }
        accountForUntold(&short, session)
        if isWhole(.conntrack) {
            short.account(
                .untracked,
                [
                    "it came in by \(interface(entered.interface)) and left by \(interface(left.interface)), and conntrack, which lost no message, has no entry of it"
                ] + noRule("before conntrack"))
        }
        short.account(.unexplained, noRule("before conntrack"))
    }

    /// What a drop at a place amounts to, of a session that conntrack does not know.
    private static func reason(_ place: HookPlace) -> DifferenceReason? {
        if place.isBeforeConntrack { return .droppedBeforeConntrack }
        return place.hook == .postrouting || place.hook == .egress ? .droppedAfterConntrack : .denied
    }

    /// Messages that conntrack lost may have told of any session.
    private mutating func accountForUntold(_ short: inout Shortfall, _ session: Session) {
        guard !short.isAccountedFor, mayHaveLost(.conntrack, of: session),
            reserves.takeLoss(of: .conntrack, upTo: 1) > 0
        else { return }
        short.account(.lostBySource, ["conntrack lost \(facts.lostCounts.conntrack) messages, and no other told of it"])
    }
}
