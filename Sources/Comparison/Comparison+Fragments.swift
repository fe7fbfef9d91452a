internal import FlowModel

// Pieces of datagrams: a capture counts each, and its filter may leave some out; conntrack counts what they make.

extension Comparison {
    /// Pieces of datagrams: a capture counts each, conntrack what they make.
    mutating func explainPieces(_ counts: DirectionCounts, _ session: Session, _ found: inout [Difference]) {
        guard let (tap, place) = counts.tap, tap.counts.seen != tap.counts.whole else { return }
        let (seen, whole) = (tap.counts.seen, tap.counts.whole)
        if whole.packetCount == 0, counts.tracked?.packetCount ?? 0 == 0 {
            return explainLaterPieces(Shortfall(counts.direction, place, .conntrack, seen), counts, session, &found)
        }
        // Where conntrack has less than they make, rules may have dropped some before they were put together.
        let isLess = (counts.tracked?.packetCount ?? 0) < whole.packetCount
        let droppers = isLess && place == .captureIn ? deniersBeforeConntrack(views(of: counts, session)) : []
        found.append(
            Difference(
                .fragments, counts.direction, more: place, fewer: .conntrack,
                packetCount: seen.since(whole).packetCount, byteCount: seen.since(whole).byteCount,
                evidence: [
                    "\(tap.counts.fragmentCount) of \(seen.packetCount.counted("packet")) are fragments: with each datagram's as one there are \(whole.packetCount) of \(whole.byteCount) bytes"
                ] + Self.shortened(droppers), isCertain: droppers.isEmpty))
    }

    /// Later pieces without a first one: rules in front of the reassembly see them as they are, and others nobody.
    private mutating func explainLaterPieces(
        _ pieces: Shortfall, _ counts: DirectionCounts, _ session: Session, _ found: inout [Difference]
    ) {
        var short = pieces
        let views = views(of: counts, session)
        let early = search.suspects(of: views).filter(\.place.isBeforeReassembly).map(\.rule)
        // Whatever left was not dropped.
        let hasLeft = counts.leaving?.counts.isEmpty == false
        accountForRules(&short, views, among: Set(early)) { hasLeft ? nil : Self.reason($0) }
        short.account(
            .fragments, isCertain: false,
            [
                "all of them are later fragments: without its first one, which may have passed elsewhere, before, or unseen by a filter, they make no datagram"
            ] + short.suspicions)
        found += short.found
    }

    /// Pieces of which conntrack has nothing, and none left.
    func accountForPieces(_ short: inout Shortfall, _ counts: DirectionCounts) {
        guard let tap = counts.tap?.counts.counts, tap.fragmentCount > 0, !counts.lacksFragments,
            counts.leaving?.counts.fragmentCount ?? 0 == 0
        else { return }
        let pieces = UInt64(tap.fragmentCount)
        let fate = "a datagram that does not become whole nobody gets"
        if pieces == tap.seen.packetCount {
            short.account(
                .fragments, isCertain: false,
                ["all its packets are fragments and none left: \(fate)"] + short.suspicions)
        } else if tap.seen == tap.whole, short.rest.packetCount <= pieces {
            short.account(
                .fragments, isCertain: false,
                ["\(pieces) of its packets are first fragments to which no other came, and none of these left: \(fate)"]
                    + short.suspicions)
        }
    }

    /// What the capture's filter left out of as many packets, of which it let the first pieces through; `nil` where that is not so.
    ///
    /// - Parameters:
    ///   - more: the place that has them whole.
    ///   - fewer: the one that has fewer bytes.
    func leftOut(
        _ counts: DirectionCounts, of whole: Counters, _ more: CountedPlace, _ tap: FrameCounts, _ fewer: CountedPlace
    ) -> Difference? {
        guard counts.lacksFragments, tap.fragmentCount > 0, whole.byteCount > tap.whole.byteCount else { return nil }
        return Difference(
            .fragments, counts.direction, more: more, fewer: fewer, byteCount: whole.byteCount - tap.whole.byteCount,
            evidence: [
                "\(tap.fragmentCount) of \(tap.seen.packetCount.counted("packet")) are the first fragments of datagrams, and the capture's filter leaves out the others, which have no ports"
            ], isCertain: facts.isWhole(.packet))
    }

    /// Packets of IPv6 none of whose pieces a capture's filter lets through, as it does not look for ports behind the header that tells of these.
    func accountForLeftOut(_ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session) {
        let rest = short.rest
        guard counts.lacksFragments, session.record.original.family == .ipv6, rest.packetCount > 0,
            rest.byteCount / rest.packetCount > HostDrops.leastLinkLength
        else { return }
        short.account(
            .fragments, isCertain: false,
            [
                "they have \(rest.byteCount / rest.packetCount) bytes on average, and the capture's filter leaves out fragments, whose ports it does not find: they may have come in pieces"
            ])
    }
}
