internal import FlowModel

// What the host itself dropped, by no rule.

extension Comparison {
    /// What the host dropped itself, of which these packets may be, each with how many of them at most.
    private func hostDrops(of packets: Counters, _ views: RuleViews) -> [(drop: HostDrops.Drop, count: UInt64)] {
        // Its own are made behind these places.
        guard views.isOwn != .yes else { return [] }
        // What the host's routing takes, it did not refuse, unless it was another one then.
        let isTaken = views.routed.outInterface != nil || views.isForHost == .yes || views.reachOfSome == .end
        // Rules of the routing (ip rule) may ask for more than is asked here.
        let isRuled = facts.routing?.ruledFamilies.contains(views.untranslated.tuple.family) ?? false
        let hasWay = isTaken && !views.mayHaveGoneElsewhere && (!isRuled || views.reachOfSome == .end)
        return hostDrops.drops.compactMap { drop in
            if let family = drop.family, family != views.untranslated.tuple.family { return nil }
            if drop.isRefusal, hasWay { return nil }
            switch drop.point {
            case .arrival, .routing: break
            // It is the first packet of a session that finds no room.
            case .tracking: if views.isTracked { return nil }
            case .forwarding: if views.isForHost == .yes { return nil }
            }
            let count = drop.most(of: packets)
            return count > 0 ? (drop, count) : nil
        }
    }

    /// How many of the packets that a rule at a place surely means may never have come to it, and what is said of that; `nil` where none.
    func hostDropDoubt(of packets: Counters, _ views: RuleViews, before place: HookPlace)
        -> (count: UInt64, sentence: String)?
    {
        let drops = hostDrops(of: packets, views).filter { $0.drop.point.precedes(place) }
        guard !drops.isEmpty else { return nil }
        return (drops.reduce(0) { $0.adding($1.count) }, HostDrops.sentence(drops.map(\.drop)))
    }

    /// Accounts for packets of which no rule shows that it took them, where the host itself dropped as many.
    ///
    /// - Parameter reason: what a drop at a point amounts to, `nil` where it does not matter here.
    mutating func accountForHostDrops(
        _ short: inout Shortfall, _ views: RuleViews, _ reason: (HostDrops.Point) -> DifferenceReason?
    ) {
        guard !short.isAccountedFor else { return }
        let drops = hostDrops(of: short.rest, views).filter {
            $0.drop.point != .tracking && reason($0.drop.point) != nil
        }
        let left = drops.map { min($0.count, reserves.left(of: $0.drop)) }
        guard left.reduce(0, { $0.adding($1) }) >= short.rest.packetCount else {
            if !drops.isEmpty { short.suspicions.append(HostDrops.sentence(drops.map(\.drop))) }
            return
        }
        let suspicions = short.suspicions
        let cause = views.routed.outInterface.map(wasDown) ?? []
        for (drop, count) in drops {
            guard let reason = reason(drop.point) else { continue }
            let taken = reserves.take(of: drop, upTo: min(count, short.rest.packetCount))
            short.account(
                reason, for: taken, isCertain: false,
                [HostDrops.sentence([drop])] + (drop.isRefusal ? cause : []) + suspicions)
        }
    }

    /// What the host's own drops amount to of packets that conntrack keeps nothing of.
    static func reason(_ point: HostDrops.Point) -> DifferenceReason? {
        point == .arrival ? .droppedBeforeConntrack : .droppedAfterConntrack
    }
}
