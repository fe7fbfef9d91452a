import FlowModel

/// Sums of traffic by ``TrafficKey``, of bounded number: what comes later is added to one sum for each direction.
///
/// Sums are never taken out, as whoever reads them takes one that is smaller than before for a restart.
struct TrafficLedger {
    /// How many sums there are at most, besides those two.
    static let limit = 1024
    /// Four times as many, so that ways stay short.
    private static let placeCount = 4096

    private(set) var series: [TrafficSeries] = [
        TrafficSeries(key: .other(.original)), TrafficSeries(key: .other(.reply)),
    ]
    /// How often something was added to those two.
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
    }

    /// The place of a key's sum, which is made if it is new and there is room.
    private mutating func number(of key: TrafficKey) -> Int {
        let word = key.word
        // Names are the administrator's: nobody who sends packets can choose ones that collide.
        var place = Int((word &* 0x9e37_79b9_7f4a_7c15) >> 52)
        while words[place] != 0 {
            if words[place] == word { return Int(numbers[place]) }
            place = (place + 1) & (Self.placeCount - 1)
        }
        guard series.count < Self.limit + 2 else {
            unplacedCount &+= 1
            return Int(key.direction.rawValue)
        }
        words[place] = word
        numbers[place] = UInt16(series.count)
        series.append(TrafficSeries(key: key))
        return series.count - 1
    }

    /// The sums of anything.
    var used: [TrafficSeries] { series.filter { $0.counters != Counters() } }
}

extension TrafficKey {
    /// The key as one number, which is never 0.
    fileprivate var word: UInt64 {
        let names = UInt64(ingress.rawValue) | UInt64(egress.rawValue) << 16 | UInt64(rule.rawValue) << 32
        return names | UInt64(verdict.rawValue) << 48 | UInt64(direction.rawValue) << 56 | 1 << 63
    }
}
