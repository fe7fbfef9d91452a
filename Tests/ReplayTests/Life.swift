import FlowModel

/// A conntrack entry from its beginning to its end, as it really was: what nfmon is held to.
struct Life {
    /// As a dump shows it; of one that is gone, as it was last.
    var entry: ConntrackEntry
    var isGone = false
    /// Whether the kernel sends events about it; if not, only dumps tell that it is gone.
    var sendsEvents = true
    /// Whether somebody zeroed its counters.
    private(set) var wasZeroed = false
    /// What had passed when they were zeroed.
    private var before = DirectionalCounters()

    init(_ entry: ConntrackEntry) { self.entry = entry }

    /// What messages call it by; several lives may have the same, one after the other.
    var name: Name { Name(id: entry.id ?? 0, original: entry.original) }

    /// The counters, `nil` where accounting was off.
    var counters: DirectionalCounters? {
        guard let original = entry.originalCounters, let reply = entry.replyCounters else { return nil }
        return DirectionalCounters(original: original, reply: reply)
    }

    /// All that has passed.
    var passed: DirectionalCounters { before + (counters ?? DirectionalCounters()) }

    /// Somebody zeroes the counters.
    mutating func zero() {
        before = passed
        entry.originalCounters = Counters()
        entry.replyCounters = Counters()
        wasZeroed = true
    }

    /// Whether that is what can be known after the last word: what the counters show, and of zeroed ones what was known before.
    func agrees(with known: DirectionalCounters?) -> Bool {
        guard wasZeroed, let known, let counters else { return known == counters }
        return counters.isWithin(known) && known.isWithin(passed)
    }

    /// An id and the tuple that had it.
    struct Name: Hashable, CustomStringConvertible {
        var id: UInt32
        var original: FlowKey

        var description: String {
            let ends = "\(original.source.ipv4Bits):\(original.sourcePort)"
            return "entry \(id) (\(original.transport.keyword ?? "") \(ends), zone \(original.zone))"
        }
    }
}

extension Counters {
    /// Whether neither number is above the other's.
    func isWithin(_ bound: Counters) -> Bool { packetCount <= bound.packetCount && byteCount <= bound.byteCount }
}

extension DirectionalCounters {
    func isWithin(_ bound: DirectionalCounters) -> Bool {
        original.isWithin(bound.original) && reply.isWithin(bound.reply)
    }
}
