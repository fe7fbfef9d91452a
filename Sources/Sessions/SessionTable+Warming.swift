import FlowModel

/// Memory that is used again for each batch's warming.
struct Warming {
    /// So few sessions are near anyway.
    static let minimumSessions = 8192

    /// The hashes of a batch's tuples.
    var hashes: [UInt32] = []
    /// What was read; kept, so that the compiler does not find the reading needless.
    var sum: UInt64 = 0
}

extension SessionTable {
    /// Reads what the taking in of a batch will read, first of the index and then of the records.
    ///
    /// Among many sessions each message waits for memory twice, one message after the other. These reads do not depend on each
    /// other, so that the processor waits for many of them at once; three loops and not one, as it is a mispredicted branch
    /// that would hold them up. An update among a million sessions costs 210 ns instead of 480 (Tests/Benchmarks).
    mutating func warm(_ batch: [Observation]) {
        guard batch.count > 1, records.count >= Warming.minimumSessions else { return }
        warming.hashes.removeAll(keepingCapacity: true)
        for place in batch.indices {
            if let key = batch[place].key { warming.hashes.append(hasher.hash(key)) }
        }
        var sum: UInt64 = 0
        for hash in warming.hashes { sum &+= index.home(of: hash) }
        for hash in warming.hashes {
            var probe = index.probe(hash)
            if let entry = index.next(&probe) { sum &+= records[entry.slot].something }
        }
        warming.sum = sum
    }
}

extension Observation {
    /// The tuple that it is about.
    fileprivate var key: FlowKey? {
        switch self {
        case .conntrack(let conntrack): conntrack.entry.original
        case .packet(let packet): packet.key
        case .interface, .loss, .dumpBegan, .dumpEnded: nil
        }
    }
}

extension SessionRecord {
    /// Something of each of the record's cache lines.
    fileprivate var something: UInt64 { id.rawValue &+ reply.destination.low &+ countersReadAt &+ UInt64(laneSlot) }
}
