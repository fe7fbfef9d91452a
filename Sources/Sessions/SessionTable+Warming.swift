import FlowModel

/// The hashes of a batch's tuples, in memory that is used again for each batch.
struct Warming {
    /// So few sessions are near anyway.
    static let minimumSessions = 8192

    /// One for each observation; 0 for those about no tuple.
    var hashes: [UInt32] = []
    /// What was read; kept, so that the compiler does not find the reading needless.
    var sum: UInt64 = 0
}

extension SessionTable {
    /// Hashes the tuples of a batch, and reads what the taking in of it will read: first of the index, then of the records.
    ///
    /// Among many sessions each message waits for memory twice, one message after the other. These reads do not depend on each
    /// other, so that the processor waits for many of them at once; three loops and not one, as it is a mispredicted branch
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
            case .other: warming.hashes.append(0)
            }
        }
        guard batch.count > 1, records.count >= Warming.minimumSessions else { return }
        var sum: UInt64 = 0
        for hash in warming.hashes { sum &+= index.home(of: hash) }
        for hash in warming.hashes {
            var probe = index.probe(hash)
            guard let entry = index.next(&probe) else { continue }
            sum &+= records[entry.slot].front
            if needsCounters { sum &+= records[entry.slot].back }
        }
        warming.sum = sum
    }
}

extension SessionRecord {
    /// Something of each of the cache lines that an event without counters needs: no two of these lie a line or more apart.
    fileprivate var front: UInt64 { original.source.high &+ UInt64(mark) &+ UInt64(reply.zone) }

    /// Something of the others.
    fileprivate var back: UInt64 { UInt64(bytesPerSecond.bitPattern) }
}
