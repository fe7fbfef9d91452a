/// Which of a session's tuples an index entry stands for.
enum TupleRole: UInt32 {
    case original = 0
    case reply = 1
    /// The tuple between the two translations of a session whose source and destination are both translated: what its
    /// packets show at FORWARD and INPUT.
    case middle = 2
}

/// A hash table from a tuple's hash to the slots of the sessions that have it; an entry takes eight bytes.
///
/// Open addressing with linear probing; removal shifts the followers back, so that there are no marks of the deleted and a
/// long life costs nothing. Several entries of one hash are allowed: the caller compares the tuples themselves.
struct SessionIndex {
    /// The hash above, then slot and role plus one below; 0 is free.
    private var entries: [UInt64]
    private var mask: Int
    private(set) var count = 0

    /// - Parameter minimumCapacity: how many entries fit without growing.
    init(minimumCapacity: Int = 1024) {
        var capacity = 16
        while capacity * 3 / 4 < minimumCapacity { capacity *= 2 }
        entries = [UInt64](repeating: 0, count: capacity)
        mask = capacity - 1
    }

    /// A walk over the entries of one hash.
    struct Probe {
        fileprivate var position: Int
        fileprivate let hash: UInt32
    }

    /// An entry: a session's slot and which of its tuples this is.
    struct Reference: Equatable {
        var slot: UInt32
        var role: TupleRole

        init(slot: UInt32, role: TupleRole) {
            self.slot = slot
            self.role = role
        }

        fileprivate init(bits: UInt32) {
            slot = (bits - 1) >> 2
            role = TupleRole(rawValue: (bits - 1) & 3) ?? .original
        }

        fileprivate var bits: UInt32 { (slot << 2 | role.rawValue) + 1 }
    }

    /// - Complexity: O(1).
    func probe(_ hash: UInt32) -> Probe { Probe(position: Int(hash) & mask, hash: hash) }

    /// What lies where the hash's entries begin: of no meaning by itself, but near once it was read.
    func home(of hash: UInt32) -> UInt64 { entries[Int(hash) & mask] }

    /// The next entry of the probe's hash, `nil` after the last one.
    ///
    /// - Complexity: O(1) on average.
    func next(_ probe: inout Probe) -> Reference? {
        while true {
            let entry = entries[probe.position]
            if entry == 0 { return nil }
            probe.position = (probe.position + 1) & mask
            if UInt32(truncatingIfNeeded: entry >> 32) == probe.hash {
                return Reference(bits: UInt32(truncatingIfNeeded: entry))
            }
        }
    }

    /// - Complexity: O(1) amortised; doubles the table at three quarters full.
    mutating func insert(_ hash: UInt32, _ reference: Reference) {
        if (count + 1) * 4 > entries.count * 3 { grow() }
        place(UInt64(hash) << 32 | UInt64(reference.bits))
        count += 1
    }

    /// Removes the entry; nothing happens where there is none.
    ///
    /// - Complexity: O(1) on average.
    mutating func remove(_ hash: UInt32, _ reference: Reference) {
        let wanted = UInt64(hash) << 32 | UInt64(reference.bits)
        var hole = Int(hash) & mask
        while entries[hole] != wanted {
            if entries[hole] == 0 { return }
            hole = (hole + 1) & mask
        }
        count -= 1
        var follower = hole
        while true {
            follower = (follower + 1) & mask
            let entry = entries[follower]
            if entry == 0 { break }
            // An entry may fill the hole unless its home lies behind the hole.
            let home = Int(truncatingIfNeeded: entry >> 32) & mask
            if (follower - home) & mask >= (follower - hole) & mask {
                entries[hole] = entry
                hole = follower
            }
        }
        entries[hole] = 0
    }

    private mutating func place(_ entry: UInt64) {
        var position = Int(truncatingIfNeeded: entry >> 32) & mask
        while entries[position] != 0 { position = (position + 1) & mask }
        entries[position] = entry
    }

    private mutating func grow() {
        let old = entries
        entries = [UInt64](repeating: 0, count: old.count * 2)
        mask = entries.count - 1
        for entry in old where entry != 0 { place(entry) }
    }
}
