import FlowModel

/// A conntrack table that does at random what the kernel's does, and tells of it.
struct ModelKernel {
    /// A message with its kind.
    struct Message {
        var kind: ConntrackObservation.Kind
        var entry: ConntrackEntry
    }

    private(set) var entries: [UInt32: ConntrackEntry] = [:]
    private var nextID: UInt32 = 1
    private var generator: SeededGenerator
    /// Those that the last dump left out: it never happens twice in a row.
    private var skipped: Set<UInt32> = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Something happens; few addresses and ports, so that tuples come again.
    mutating func step() -> Message {
        let id = entries.keys.sorted().randomElement(using: &generator)
        switch (Int.random(in: 0..<10, using: &generator), id) {
        case (0..<4, _), (_, nil): return begin()
        case (4..<7, let id?): return change(id)
        case (_, let id?): return end(id)
        }
    }

    private mutating func begin() -> Message {
        let client = IPAddress(ipv4: 0x0a00_0000 + UInt32.random(in: 1...8, using: &generator))
        let port = UInt16.random(in: 1024..<1040, using: &generator)
        let original = FlowKey.tcp(client, port, .server, 443)
        // The kernel never has two entries of one tuple: the old one goes first, and its end is a message of its own.
        if let old = entries.first(where: { $0.value.original == original }) { return end(old.key) }
        var reply = original.inverse
        if Bool.random(using: &generator) {
            (reply.destination, reply.destinationPort) = (.firewall, UInt16(40_000 + nextID % 20_000))
        }
        let entry = ConntrackEntry.entry(nextID, original, reply: reply)
        entries[nextID] = entry.counting(Counters(packetCount: 1, byteCount: 60))
        nextID += 1
        return Message(kind: .new, entry: entry)
    }

    private mutating func change(_ id: UInt32) -> Message {
        var entry = entries[id] ?? .entry(id)
        entry.status?.insert([.seenReply, .assured].randomElement(using: &generator) ?? .seenReply)
        entry.mark = UInt32.random(in: 1...3, using: &generator)
        entry.originalCounters?.byteCount += UInt64.random(in: 0...1500, using: &generator)
        entries[id] = entry
        return Message(kind: .update, entry: entry.withoutCounters)
    }

    private mutating func end(_ id: UInt32) -> Message {
        Message(kind: .destroy, entry: entries.removeValue(forKey: id) ?? .entry(id))
    }

    /// The table as a dump shows it: no snapshot, in no order, and now and then without an entry.
    mutating func rows(mayskip: Bool) -> [ConntrackEntry] {
        var left: Set<UInt32> = []
        if mayskip {
            for id in entries.keys.sorted() where !skipped.contains(id) {
                if Int.random(in: 0..<50, using: &generator) == 0 { left.insert(id) }
            }
        }
        skipped = left
        return entries.values.filter { !left.contains($0.id ?? 0) }.sorted { $0.id ?? 0 < $1.id ?? 0 }
            .shuffled(using: &generator)
    }
}

extension ConntrackEntry {
    fileprivate var withoutCounters: ConntrackEntry {
        var entry = self
        entry.originalCounters = nil
        entry.replyCounters = nil
        return entry
    }
}
