import FlowModel

/// The hashes of a batch's tuples, in memory that is used again for each batch.
struct Warming {
    /// So few sessions are near anyway.
    static let minimumSessions = 8192

    /// One for each observation; 0 for those about no tuple.
    var hashes: [UInt32] = []
    /// Where lanes are that will be read, then what they lead to, and for sessions without one some place that is read in vain: a branch
    /// would cost more.
    var places: [UInt32] = []
    /// What was read; kept, so that the compiler does not find the reading needless.
    var sum: UInt64 = 0
}

extension SessionTable {
    /// Hashes the tuples of a batch, and reads what the taking in of it will read: first of the index, then of the records, and of what
    /// packets told: of the taps to which flows will be added, and where counters may have grown, of the interfaces and rule by which they
    /// will be added up.
    ///
    /// Among many sessions each message waits for memory several times, one message after the other. These reads do not depend on each
    /// other, so that the processor waits for many of them at once; loops of their own, as it is a mispredicted branch
    /// that would hold them up (Tests/Benchmarks).
    mutating func warm(_ batch: ObservationBatch) {
        warming.hashes.removeAll(keepingCapacity: true)
        var needsCounters = false
        for place in batch.places {
            let index = Int(place.index)
            switch place.kind {
            case .conntrack:
                warming.hashes.append(hasher.hash(batch.conntrack[index].entry.original))
                needsCounters = needsCounters || batch.conntrack[index].entry.originalCounters != nil
            case .packet: warming.hashes.append(hasher.hash(batch.packets[index].key))
            case .flow: warming.hashes.append(hasher.hash(batch.flows[index].key))
            case .other: warming.hashes.append(0)
            }
        }
        guard batch.count > 1, records.count >= Warming.minimumSessions else { return }
        var sum: UInt64 = 0
        for hash in warming.hashes { sum &+= index.home(of: hash) }
        let isOfFlows = batch.conntrack.isEmpty && batch.packets.isEmpty
        let needsLanes = (needsCounters || !batch.flows.isEmpty) && lanes.extent > 0
        let lastLane = UInt32(max(lanes.extent, 1) - 1)
        warming.places.removeAll(keepingCapacity: true)
        for hash in warming.hashes {
            var probe = index.probe(hash)
            guard let entry = index.next(&probe) else { continue }
            sum &+= isOfFlows ? records[entry.slot].head : records[entry.slot].front
            if needsCounters { sum &+= records[entry.slot].back }
            if needsLanes { warming.places.append(min(records[entry.slot].laneSlot, lastLane)) }
        }
        sum &+= batch.flows.isEmpty ? warmLogs() : warmTaps()
        warming.sum = sum
    }

    private mutating func warmLogs() -> UInt64 {
        guard logs.extent > 0 else { return 0 }
        let last = UInt32(logs.extent - 1)
        for number in warming.places.indices { warming.places[number] = min(lanes[warming.places[number]].log, last) }
        var sum: UInt64 = 0
        for place in warming.places { sum &+= logs[place].way }
        return sum
    }

    private mutating func warmTaps() -> UInt64 {
        guard taps.extent > 0 else { return 0 }
        let last = UInt32(taps.extent - 1)
        for number in warming.places.indices { warming.places[number] = min(lanes[warming.places[number]].taps, last) }
        var sum: UInt64 = 0
        for place in warming.places { sum &+= taps.front(of: place) }
        return sum
    }
}

extension SessionRecord {
    /// Something of the cache lines that a flow needs.
    fileprivate var head: UInt64 { original.source.high &+ UInt64(laneSlot) }

    /// Something of each of the cache lines that an event without counters needs: no two of these lie a line or more apart.
    fileprivate var front: UInt64 { head &+ UInt64(generation) &+ UInt64(reply.zone) }

    /// Something of the others.
    fileprivate var back: UInt64 { UInt64(bytesPerSecond.bitPattern) }
}

extension LogLane {
    /// Something of the cache lines that have interfaces and rule.
    fileprivate var way: UInt64 { UInt64(originalPath.inInterface) &+ UInt64(rule.rawValue) }
}
