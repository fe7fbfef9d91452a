import FlowModel

/// What a conntrack message's counters say of a session.
///
/// The kernel's counters only grow, unless somebody zeroes them (`conntrack -L -z`). What had passed until then has passed all the same:
/// it is kept beside the record, and what the kernel counts from then on is added to it.
struct CounterReading {
    /// What is known to have passed of the session altogether.
    var counters: DirectionalCounters
    /// What passed since the last reading; `nil` where that is nothing, or not known.
    var growth: DirectionalCounters?
    /// Whether somebody zeroed the counters since the last reading.
    var wasZeroed = false

    /// Of a session that has just become known; `nil` where the message carries no counters.
    init?(_ entry: borrowing ConntrackEntry) {
        guard let original = entry.originalCounters, let reply = entry.replyCounters else { return nil }
        counters = DirectionalCounters(original: original, reply: reply)
    }
}

extension SessionTable {
    /// What a message's counters say of a session that is known.
    ///
    /// Touches nothing of a message without counters, as each field is a line of the cache to wait for.
    @inline(__always)
    mutating func read(_ entry: borrowing ConntrackEntry, of slot: UInt32) -> CounterReading? {
        guard var reading = CounterReading(entry) else { return nil }
        let facts = records[slot].facts
        guard facts.contains(.counters) else {
            if !facts.contains(.predatesListener) { reading.growth = reading.counters }
            return reading
        }
        let known = records[slot].counters
        if !zeroed.isEmpty, let before = zeroed[slot] { reading.counters = before + reading.counters }
        if reading.counters.original.isBelow(known.original) || reading.counters.reply.isBelow(known.reply) {
            goOn(from: known, &reading, of: slot)
        }
        let growth = reading.counters.growth(since: known)
        if growth != DirectionalCounters() { reading.growth = growth }
        return reading
    }

    /// Somebody zeroed a session's counters: of a direction that shows it, all that is known was before that.
    private mutating func goOn(from known: DirectionalCounters, _ reading: inout CounterReading, of slot: UInt32) {
        var before = zeroed[slot] ?? DirectionalCounters()
        let sinceThen = reading.counters.growth(since: before)
        if reading.counters.original.isBelow(known.original) { before.original = known.original }
        if reading.counters.reply.isBelow(known.reply) { before.reply = known.reply }
        zeroed[slot] = before
        reading.counters = before + sinceThen
        reading.wasZeroed = true
    }

    /// The session in a slot goes: what was counted of it before somebody zeroed its counters need not be kept.
    mutating func forgetZeroed(_ slot: UInt32) {
        guard !zeroed.isEmpty, zeroed.removeValue(forKey: slot) != nil, zeroed.isEmpty else { return }
        zeroed = [:]  // and gives back the memory
    }
}

extension Counters {
    /// Whether one of the numbers is smaller.
    fileprivate func isBelow(_ other: Counters) -> Bool {
        packetCount < other.packetCount || byteCount < other.byteCount
    }

    fileprivate func growth(since before: Counters) -> Counters {
        Counters(packetCount: packetCount &- before.packetCount, byteCount: byteCount &- before.byteCount)
    }
}

extension DirectionalCounters {
    fileprivate func growth(since before: DirectionalCounters) -> DirectionalCounters {
        DirectionalCounters(original: original.growth(since: before.original), reply: reply.growth(since: before.reply))
    }
}
