internal import FlowModel

// Entries that conntrack gave up and made anew amid one flow: somebody flushed its table, a translation was loaded again, or a connection
// was reset and opened again at once.

extension Comparison {
    /// The sessions, those of one tuple as one where the capture has more of one of them, and conntrack of another: what it captured
    /// shows the flow, and not where one entry ended and the next began.
    func renewed(_ sessions: [ComparedSession]) -> [ComparedSession] {
        guard facts.lanes.isSuperset(of: [.conntrack, .packet]) else { return sessions }
        var places: [FlowKey: [Int]] = [:]
        for (place, compared) in sessions.enumerated() where compared.lanes.contains(where: { $0 != .nflog }) {
            places[compared.session.record.original, default: []].append(place)
        }
        var renewed = sessions
        var gone: Set<Int> = []
        for group in places.values where group.count > 1 && areOneFlow(group.map { sessions[$0] }) {
            guard let head = group.first(where: { sessions[$0].session.conntrackCounters != nil }) else { continue }
            for other in group where other != head {
                renewed[head].join(sessions[other])
                gone.insert(other)
            }
            renewed[head].noteInterfaces(facts.ownAddresses)
        }
        return gone.isEmpty ? renewed : renewed.indices.filter { !gone.contains($0) }.map { renewed[$0] }
    }

    /// Whether one of them has at one place what conntrack counted of another: their frames were told apart by time, which may be too short.
    private func areOneFlow(_ sessions: [ComparedSession]) -> Bool {
        [FlowDirection.original, .reply].contains { direction in
            let counts = sessions.map { DirectionCounts($0, direction) }
            func areMixed(_ tap: (DirectionCounts) -> DirectionCounts.TapCounts?) -> Bool {
                let pairs = counts.map { counts in
                    (captured: tap(counts)?.counts.whole.packetCount ?? 0, tracked: counts.tracked?.packetCount ?? 0)
                }
                return pairs.contains { $0.captured > $0.tracked } && pairs.contains { $0.captured < $0.tracked }
            }
            return areMixed { $0.tap?.counts } || areMixed { $0.leaving }
        }
    }
}

extension ComparedSession {
    /// Takes over another session of the same flow.
    fileprivate mutating func join(_ other: ComparedSession) {
        let (facts, record) = (session.record.facts, other.session.record)
        entryCount += other.entryCount
        hasUntoldEnd = hasUntoldEnd || other.hasUntoldEnd
        if let counters = other.session.conntrackCounters {
            session.record.counters = session.record.counters + counters
            if !record.facts.contains(.ended) { session.record.facts.remove(.ended) }
        }
        if let baseline = other.baseline {
            self.baseline = (self.baseline ?? DirectionalCounters()) + baseline
            baselineTime = [baselineTime, other.baselineTime].compactMap(\.self).max()
        }
        if facts.contains(.start), record.facts.contains(.start) {
            session.record.start = min(session.record.start, record.start)
        }
        session.record.lastSeen = max(session.record.lastSeen, record.lastSeen)
        session.record.facts.formUnion(
            record.facts.intersection([.predatesListener, .offloaded, .lowerBound, .packet, .nflog]))
        session.taps.add(other.session.taps)
        if let lane = other.session.nflog {
            if session.nflog == nil {
                session.nflog = lane
            } else if let counters = session.nflog?.counters {
                session.nflog?.counters = counters + lane.counters
            }
        }
        for denial in other.session.denials { session.denials.append(denial) }
    }
}
