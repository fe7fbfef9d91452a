import FlowModel

/// A conntrack entry from its beginning to its end, as it really was: what nfmon is held to.
struct Life {
    /// As a dump shows it; of one that is gone, as it was last.
    var entry: ConntrackEntry
    var isGone = false
    /// Whether the kernel sends events about it; if not, only dumps tell that it is gone.
    var sendsEvents = true
    /// Whether somebody zeroed its counters.
    var wasZeroed = false
    /// The most that its counters showed at any time, each by itself.
    private(set) var peak = DirectionalCounters()

    init(_ entry: ConntrackEntry) {
        self.entry = entry
        notePeak()
    }

    /// What messages call it by; several lives may have the same, one after the other.
    var name: Name { Name(id: entry.id ?? 0, original: entry.original) }

    /// The counters, `nil` where accounting was off.
    var counters: DirectionalCounters? {
        guard let original = entry.originalCounters, let reply = entry.replyCounters else { return nil }
        return DirectionalCounters(original: original, reply: reply)
    }

    /// To be called when the counters have changed.
    mutating func notePeak() {
        guard let counters else { return }
        peak.original = Counters(larger: peak.original, counters.original)
        peak.reply = Counters(larger: peak.reply, counters.reply)
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
    fileprivate init(larger left: Counters, _ right: Counters) {
        self.init(
            packetCount: max(left.packetCount, right.packetCount), byteCount: max(left.byteCount, right.byteCount))
    }

    /// Whether neither number is above the other's.
    func isWithin(_ bound: Counters) -> Bool { packetCount <= bound.packetCount && byteCount <= bound.byteCount }
}

extension DirectionalCounters {
    func isWithin(_ bound: DirectionalCounters) -> Bool {
        original.isWithin(bound.original) && reply.isWithin(bound.reply)
    }
}
