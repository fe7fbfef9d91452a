/// A hash table from a tuple's hash to the places of flows; an entry takes eight bytes.
///
/// Open addressing with linear probing; removal shifts the followers back. It never holds more than half of what it has room for.
struct FlowIndex {
    /// The hash above, the place plus one below; 0 is free.
    private var entries: [UInt64]
    private var mask: Int

    /// - Parameter capacity: how many flows it is for; a power of two.
    init(capacity: Int) {
        entries = [UInt64](repeating: 0, count: capacity * 2)
        mask = capacity * 2 - 1
    }

    /// A walk over the places of one hash.
    struct Probe {
        fileprivate var position: Int
        fileprivate let hash: UInt32
    }

    /// - Complexity: O(1).
    @inline(__always)
    func probe(_ hash: UInt32) -> Probe { Probe(position: Int(hash) & mask, hash: hash) }

    /// What lies where the hash's entries begin: of no meaning by itself, but near once it was read.
    @inline(__always)
    func home(of hash: UInt32) -> UInt64 { entries[Int(hash) & mask] }

    /// The next place of the probe's hash, `nil` after the last one.
    ///
    /// - Complexity: O(1) on average.
    @inline(__always)
    func next(_ probe: inout Probe) -> Int? {
        while true {
            let entry = entries[probe.position]
            if entry == 0 { return nil }
            probe.position = (probe.position &+ 1) & mask
            if UInt32(truncatingIfNeeded: entry >> 32) == probe.hash {
                return Int(UInt32(truncatingIfNeeded: entry)) &- 1
            }
        }
    }

    /// - Complexity: O(1) on average.
    mutating func insert(_ hash: UInt32, _ place: Int) {
        put(Self.entry(hash, place))
    }

    private mutating func put(_ entry: UInt64) {
        var position = Int(truncatingIfNeeded: entry >> 32) & mask
        while entries[position] != 0 { position = (position &+ 1) & mask }
        entries[position] = entry
    }

    /// Removes the entry; nothing happens where there is none.
    ///
    /// - Complexity: O(1) on average.
    mutating func remove(_ hash: UInt32, _ place: Int) {
        let wanted = Self.entry(hash, place)
        var hole = Int(hash) & mask
        while entries[hole] != wanted {
            if entries[hole] == 0 { return }
            hole = (hole &+ 1) & mask
        }
        var follower = hole
        while true {
            follower = (follower &+ 1) & mask
            let entry = entries[follower]
            if entry == 0 { break }
            // An entry may fill the hole unless its home lies behind the hole.
            let home = Int(truncatingIfNeeded: entry >> 32) & mask
            if (follower &- home) & mask >= (follower &- hole) & mask {
                entries[hole] = entry
                hole = follower
            }
        }
        entries[hole] = 0
    }

    /// Makes room for twice as many flows.
    ///
    /// - Complexity: O(n), without a look at the flows.
    mutating func grow() {
        let old = entries
        entries = [UInt64](repeating: 0, count: old.count * 2)
        mask = entries.count - 1
        for entry in old where entry != 0 { put(entry) }
    }

    private static func entry(_ hash: UInt32, _ place: Int) -> UInt64 {
        UInt64(hash) << 32 | UInt64(UInt32(truncatingIfNeeded: place &+ 1))
    }
}
