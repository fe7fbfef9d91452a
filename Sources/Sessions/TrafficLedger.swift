import FlowModel

/// Sums of traffic by ``TrafficKey``, of bounded number: what comes later is added to one sum for each direction.
///
/// A sum is taken out only when its interface is gone (``fold(living:)``), as whoever reads them takes one that is smaller than before
/// for a restart; what it had is added to those two, so that all of them together never become less.
struct TrafficLedger {
    /// How many sums there are at most, besides those two.
    static let limit = 1024
    /// Four times as many, so that ways stay short.
    private static let placeCount = 4096
    /// How many looks a sum of an interface that is gone is kept for whoever reads it last; one, where room is short.
    private static let patience: UInt32 = 10

    private(set) var series: [TrafficSeries] = [
        TrafficSeries(key: .other(.original)), TrafficSeries(key: .other(.reply)),
    ]
    /// By series: the look after which something was added to it last.
    private var lastAdditions: [UInt32] = [0, 0]
    /// How many looks for interfaces that are gone there were.
    private var lookCount: UInt32 = 0
    /// How often something was added to those two for want of room.
    private(set) var unplacedCount: UInt64 = 0
    /// Open addressing: a key's word, and in the other array the place of its sum; 0 is a free place.
    private var words = [UInt64](repeating: 0, count: placeCount)
    private var numbers = [UInt16](repeating: 0, count: placeCount)

    /// Adds what passed.
    ///
    /// - Complexity: O(1) on average; allocates only as keys come.
    mutating func add(_ counters: Counters, to key: TrafficKey) {
        let number = number(of: key)
        series[number].counters = series[number].counters + counters
        lastAdditions[number] = lookCount
    }

    /// The place of a key's sum, which is made if it is new and there is room.
    private mutating func number(of key: TrafficKey) -> Int {
        let word = key.word
        let place = place(of: word)
        if words[place] != 0 { return Int(numbers[place]) }
        guard series.count < Self.limit + 2 else {
            unplacedCount &+= 1
            return Int(key.direction.rawValue)
        }
        words[place] = word
        numbers[place] = UInt16(series.count)
        series.append(TrafficSeries(key: key))
        lastAdditions.append(lookCount)
        return series.count - 1
    }

    /// Where a key's word is, or would be.
    @inline(__always)
    private func place(of word: UInt64) -> Int {
        // Names are the administrator's: nobody who sends packets can choose ones that collide.
        var place = Int((word &* 0x9e37_79b9_7f4a_7c15) >> 52)
        while words[place] != 0, words[place] != word { place = (place + 1) & (Self.placeCount - 1) }
        return place
    }

    /// The sums of anything.
    var used: [TrafficSeries] { series.filter { $0.counters != Counters() } }

    /// The names in their keys.
    func insertNames(into set: inout NameSet) {
        for one in series {
            set.insert(one.key.ingress)
            set.insert(one.key.egress)
            set.insert(one.key.rule)
        }
    }

    // MARK: Interfaces that are gone

    /// Whether hardly any room is left.
    var isCrowded: Bool { series.count > Self.limit * 7 / 8 }

    /// Looks, mostly once a minute, for sums of interfaces that are gone, and adds them to the sum of all others: where half of the room is
    /// taken, those to which nothing was added for ten minutes, and where it is nearly gone, since the look before.
    ///
    /// - Parameter living: the names of the interfaces that are there.
    /// - Complexity: O(series).
    mutating func fold(living: NameSet) {
        lookCount &+= 1
        guard series.count > Self.limit / 2 else { return }
        let patience = isCrowded ? 2 : Self.patience
        let (all, additions) = (series, lastAdditions)
        let isKept = all.indices.map { number in
            number < 2 || all[number].key.isOfInterfaces(in: living) || lookCount &- additions[number] < patience
        }
        guard isKept.contains(false) else { return }
        series.removeAll(keepingCapacity: true)
        lastAdditions.removeAll(keepingCapacity: true)
        for place in words.indices { words[place] = 0 }
        for number in all.indices {
            if isKept[number] {
                if number >= 2 {
                    let word = all[number].key.word
                    let place = place(of: word)
                    (words[place], numbers[place]) = (word, UInt16(series.count))
                }
                series.append(all[number])
                lastAdditions.append(additions[number])
            } else {
                let other = Int(all[number].key.direction.rawValue)
                series[other].counters = series[other].counters + all[number].counters
            }
        }
    }
}

extension TrafficKey {
    /// Whether no interface of it is missing.
    fileprivate func isOfInterfaces(in living: NameSet) -> Bool {
        [ingress, egress].allSatisfy { $0.isNone || $0 == .overflow || living.contains($0) }
    }

    /// The key as one number, which is never 0.
    fileprivate var word: UInt64 {
        let names = UInt64(ingress.rawValue) | UInt64(egress.rawValue) << 16 | UInt64(rule.rawValue) << 32
        return names | UInt64(verdict.rawValue) << 48 | UInt64(direction.rawValue) << 56 | 1 << 63
    }
}
