public import FlowModel

// What is counted for those who make rates of it.

extension SessionTable {
    /// What the table has counted since it began.
    ///
    /// - Complexity: O(series), of which there are 2,052 at most.
    public var figures: TableFigures {
        var figures = tally.figures
        figures.sessionTraffic = tally.sessionTraffic.used
        figures.loggedTraffic = tally.loggedTraffic.used
        figures.unplacedCount = tally.sessionTraffic.unplacedCount &+ tally.loggedTraffic.unplacedCount
        return figures
    }

    /// Counts sessions, a part of the table at a time.
    ///
    /// - Parameter position: where to go on; 0 is the beginning.
    /// - Returns: where the next part begins, `nil` after the last one.
    /// - Complexity: O(places ever used) for all parts together; 16,384 places for one.
    public func count(from position: UInt32, into census: inout SessionCensus) -> UInt32? {
        let end = min(Int(position) + 16_384, records.extent)
        for slot in position..<UInt32(end) where records[slot].facts.isLive {
            let facts = records[slot].facts
            let kind: SessionCensus.Kind =
                facts.contains(.conntrack) ? .tracked : facts.contains(.denied) ? .denied : .logged
            census.add(kind, records[slot].original.transport, records[slot].tcpState)
        }
        return end < records.extent ? UInt32(end) : nil
    }

    /// How long what is being taken in has waited for it since it was received, in nanoseconds.
    mutating func noteDelay(_ nanoseconds: UInt64) { tally.delay = nanoseconds }

    // MARK: Counting

    /// Counts a conntrack message's time on its way, where the kernel stamped it.
    @inline(__always)
    mutating func countLatency(of observation: borrowing ConntrackObservation, at time: ReceiveTime) {
        guard observation.kind != .dumpRow, let stamp = observation.entry.eventTime else { return }
        tally.figures.conntrackLatency.add(from: stamp, to: time.wall.later(by: tally.delay))
    }

    /// Counts a logged packet, as often as rules logged it.
    mutating func countLogged(_ packet: borrowing PacketObservation, at time: ReceiveTime) {
        if let stamp = packet.time {
            tally.figures.nflogLatency.add(from: stamp, to: time.wall.later(by: tally.delay))
        }
        let key = TrafficKey(
            ingress: name(of: packet.path.inInterface), egress: name(of: packet.path.outInterface), rule: packet.rule,
            verdict: packet.verdict)
        tally.loggedTraffic.add(Counters(packetCount: 1, byteCount: packet.byteCount), to: key)
    }

    /// Counts what passed of a session.
    mutating func countTraffic(_ growth: DirectionalCounters, of slot: UInt32) {
        var key = TrafficKey()
        let place = records[slot].laneSlot
        if place != .max, lanes[place].log != .max {
            let log = lanes[place].log
            key.ingress = name(of: logs[log].ingress)
            key.egress = name(of: logs[log].egress)
            key.rule = logs[log].rule
            key.verdict = logs[log].verdict
        }
        countTraffic(growth, by: key)
    }

    mutating func countTraffic(_ growth: DirectionalCounters, by key: TrafficKey) {
        var key = key
        if growth.original != Counters() { tally.sessionTraffic.add(growth.original, to: key) }
        guard growth.reply != Counters() else { return }
        key.direction = .reply
        tally.sessionTraffic.add(growth.reply, to: key)
    }

    /// Counts the whole of a session that conntrack has just told of; of one from before nfmon listened, the counters are where
    /// counting begins.
    mutating func countBeginning(of slot: UInt32) {
        guard !records[slot].facts.contains(.predatesListener) else { return }
        countBegun(slot, as: .tracked)
        if records[slot].facts.contains(.counters) { countTraffic(records[slot].counters, of: slot) }
    }

    /// Counts a session among those that began, once: who was told of by packets first is conntrack's later on.
    mutating func countBegun(_ slot: UInt32, as kind: SessionCensus.Kind) {
        guard !records[slot].facts.contains(.countedAsBegun) else { return }
        records[slot].facts.insert(.countedAsBegun)
        tally.figures.begun.add(kind, records[slot].original.transport)
    }

    private func name(of interface: InterfaceIndex) -> NameID {
        interface == 0 ? .none : interfaces[interface] ?? .none
    }
}

extension Timestamp {
    fileprivate func later(by nanoseconds: UInt64) -> Timestamp {
        Timestamp(nanoseconds: self.nanoseconds &+ Int64(truncatingIfNeeded: nanoseconds))
    }
}
