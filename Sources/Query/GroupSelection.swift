public import FlowModel

/// Adds sessions up by what they have in some columns, while all of them are shown to it once, in any order.
///
/// Holds as many groups as there are different ones, at most one a session: some 200 bytes for each and 8 for each number of its
/// key. The hash is seeded, since whoever sends packets chooses addresses and ports, and must not be able to choose collisions.
public struct GroupSelection: SessionSelection {
    public let grouping: Grouping
    public let now: Timestamp

    private var writer: GroupKeyWriter
    private let seed: (UInt64, UInt64)
    /// The keys of all groups, one behind the other.
    private var keys: [UInt64] = []
    private var totals: [GroupTotals] = []
    /// Open addressing: a group's number and one, and above it a half of its hash; 0 for a free place. The count is a power of two.
    private var places = [UInt64](repeating: 0, count: 64)

    public init(_ grouping: Grouping, seed: (UInt64, UInt64), now: Timestamp) {
        self.grouping = grouping
        self.seed = seed
        self.now = now
        writer = GroupKeyWriter(grouping)
    }

    /// How many groups there are.
    public var count: Int { totals.count }

    /// Adds a session to its group.
    ///
    /// - Complexity: O(columns) on average; allocates only as groups come.
    public mutating func consider(_ session: borrowing Session, interfaces: borrowing InterfaceNames) {
        writer.write(session, interfaces)
        totals[group()].add(session)
    }

    /// The number of the group whose key was written last, which is made if it is new.
    private mutating func group() -> Int {
        let hash = hash() & 0xffff_ffff
        var place = Int(hash) & (places.count - 1)
        while places[place] != 0 {
            // Keys are looked at only where half of the hash is the same.
            if places[place] >> 32 == hash {
                let number = Int(places[place] & 0xffff_ffff) - 1
                if isKey(of: number) { return number }
            }
            place = (place + 1) & (places.count - 1)
        }
        keys.append(contentsOf: writer.words)
        totals.append(GroupTotals())
        places[place] = hash << 32 | UInt64(totals.count)
        // At most half full, so that ways stay short.
        if totals.count * 2 > places.count { grow() }
        return totals.count - 1
    }

    private func isKey(of number: Int) -> Bool {
        let start = number * writer.width
        for offset in 0..<writer.width where keys[start + offset] != writer.words[offset] { return false }
        return true
    }

    private mutating func grow() {
        var larger = [UInt64](repeating: 0, count: places.count * 2)
        for entry in places where entry != 0 {
            var place = Int(entry >> 32) & (larger.count - 1)
            while larger[place] != 0 { place = (place + 1) & (larger.count - 1) }
            larger[place] = entry
        }
        places = larger
    }

    /// The hash of the key that was written last.
    private func hash() -> UInt64 {
        var hash = seed.0
        for offset in 0..<writer.width {
            // Both halves of the product: every bit of both numbers reaches the result.
            let product = (hash ^ writer.words[offset]).multipliedFullWidth(by: seed.1 | 1)
            hash = product.high ^ product.low &+ 0x9e37_79b9_7f4a_7c15
        }
        let product = hash.multipliedFullWidth(by: seed.0 | 1)
        return product.high ^ product.low
    }

    // MARK: The groups

    /// A group: what its sessions have in common, and what they come to.
    func group(_ number: Int) -> SessionGroup {
        let start = number * writer.width
        let first = keys[start]
        let values = grouping.columns.enumerated().map { index, column in
            guard GroupKeyWriter.isKnown(index, in: first) else { return GroupValue.unknown }
            let range = writer.places(of: index)
            return column.value(
                keys[start + range.lowerBound..<start + range.upperBound], family: GroupKeyWriter.family(of: first))
        }
        return SessionGroup(values: values, totals: totals[number])
    }

    /// What a group's sessions have in a column as numbers, `nil` where it is unknown.
    func words(_ number: Int, column: Int) -> (low: UInt64, high: UInt64, family: AddressFamily)? {
        let start = number * writer.width
        guard GroupKeyWriter.isKnown(column, in: keys[start]) else { return nil }
        let range = writer.places(of: column)
        return (
            keys[start + range.lowerBound], range.count > 1 ? keys[start + range.lowerBound + 1] : 0,
            GroupKeyWriter.family(of: keys[start])
        )
    }

    func totals(_ number: Int) -> GroupTotals { totals[number] }

    /// Whether one key is before another: an order without a meaning that two looks at the same sessions share.
    func isKey(_ number: Int, before other: Int) -> Bool {
        let (start, otherStart) = (number * writer.width, other * writer.width)
        for offset in 0..<writer.width where keys[start + offset] != keys[otherStart + offset] {
            return keys[start + offset] < keys[otherStart + offset]
        }
        return false
    }
}

/// Sessions that have the same in some columns.
public struct SessionGroup: Hashable, Sendable {
    /// What they have, in the order of the grouping's columns.
    public let values: [GroupValue]
    public let totals: GroupTotals
}
