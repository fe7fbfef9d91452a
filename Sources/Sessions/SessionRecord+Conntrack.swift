import FlowModel

extension SessionRecord {
    /// The identity that conntrack's messages lead to; the session's own, unless packets had told of it before.
    var conntrackIdentity: SessionID { SessionID(conntrackID: conntrackID, original: original) }

    /// Makes the session conntrack's, with the first message that tells of it.
    mutating func begin(
        with observation: borrowing ConntrackObservation, at time: ReceiveTime, during dump: DumpProgress
    ) {
        facts.formUnion([.live, .conntrack])
        facts.remove(.awaitsConntrack)
        if observation.kind == .dumpRow { facts.insert(.foundByRow) }
        conntrackID = observation.entry.id ?? 0
        generation = dump.generation
        if facts.isSuperset(of: [.start, .announced]) {
            // The packet that began it told when, and the stream said so.
        } else if observation.kind == .new {
            facts.insert(.start)
            if let eventTime = observation.entry.eventTime { start = eventTime }
        } else {
            facts.remove(.start)  // unless the kernel's stamp follows
        }
        if observation.kind != .new, dump.mayPredateListener(observation.entry) { facts.insert(.predatesListener) }
        _ = takeIn(observation, CounterReading(observation.entry), at: time, lastLook: dump.lastEnd)
    }

    /// Takes over what a conntrack message says.
    ///
    /// - Parameters:
    ///   - reading: what its counters say, `nil` where it carries none.
    ///   - isOutdated: of what events tell the record knows newer.
    ///   - lastLook: the end of the last dump.
    /// - Returns: whether anything changed that the event stream shows.
    mutating func takeIn(
        _ observation: borrowing ConntrackObservation, _ reading: CounterReading?, isOutdated: Bool = false,
        at time: ReceiveTime, lastLook: ReceiveTime?
    ) -> Bool {
        var isVisible = false
        lastSeen = time.wall
        if !isOutdated { isVisible = takeInState(observation.entry) }
        if !observation.helper.isNone, observation.helper != helper {
            helper = observation.helper
            isVisible = true
        }
        // The kernel stamps the start some microseconds beside its NEW: who was told with the one keeps it, as it is a part of
        // the session's name.
        if let start = observation.entry.start, !facts.isSuperset(of: [.start, .announced]) {
            self.start = start
            facts.insert(.start)
        }
        if let reading {
            if observation.kind == .dumpRow { learnRate(from: reading, at: time, lastLook: lastLook) }
            takeIn(reading, at: time)
        } else if facts.contains(.counters) {
            facts.insert(.countersAreOld)
        }
        return isVisible
    }

    /// Takes over what events tell, too: status, mark and TCP state. Returns whether any of it changed.
    private mutating func takeInState(_ entry: borrowing ConntrackEntry) -> Bool {
        var changes = false
        if let status = entry.status, status != self.status {
            self.status = status
            if !status.isDisjoint(with: [.offload, .hardwareOffload]) { facts.insert(.offloaded) }
            changes = true
        }
        if let mark = entry.mark {
            changes = changes || mark != self.mark
            self.mark = mark
            facts.insert(.mark)
        }
        if let state = entry.tcpState, state != tcpState {
            tcpState = state
            changes = true
        }
        return changes
    }

    /// Takes over what has passed altogether.
    private mutating func takeIn(_ reading: CounterReading, at time: ReceiveTime) {
        if reading.wasZeroed { facts.insert(.lowerBound) }
        counters = reading.counters
        countersReadAt = time.monotonic
        facts.insert(.counters)
        facts.remove(.countersAreOld)
    }

    /// Nanoseconds between two looks that make a rate.
    private static var leastRateSpan: UInt64 { 5_000_000 }

    /// Learns the rate since the last look at the counters; a session that began after the last look had nothing then.
    private mutating func learnRate(from reading: CounterReading, at time: ReceiveTime, lastLook: ReceiveTime?) {
        let now = reading.counters.total
        var before = counters.total
        var lookedAt = countersReadAt
        if !facts.contains(.counters) {
            guard let lastLook, facts.contains(.start), start >= lastLook.wall else { return }
            before = Counters()
            lookedAt = lastLook.monotonic
        }
        // A counter from the kernel may hold any value, and so may the sum of the two directions'.
        guard !reading.wasZeroed, now.byteCount >= before.byteCount, now.packetCount >= before.packetCount else {
            facts.remove(.rate)  // what passed between the last look and the zeroing is not known
            return
        }
        // A dump may show a session twice: what passed between the two says nothing.
        guard time.monotonic > lookedAt, time.monotonic - lookedAt >= Self.leastRateSpan else { return }
        let seconds = Float(time.monotonic - lookedAt) / 1e9
        bytesPerSecond = Float(now.byteCount - before.byteCount) / seconds
        packetsPerSecond = Float(now.packetCount - before.packetCount) / seconds
        facts.insert(.rate)
    }
}
