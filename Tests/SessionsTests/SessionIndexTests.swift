import Testing

@testable import Sessions

/// The index against a dictionary.
struct SessionIndexTests {
    private func slots(_ index: borrowing SessionIndex, _ hash: UInt32) -> [UInt32] {
        var probe = index.probe(hash)
        var slots: [UInt32] = []
        while let reference = index.next(&probe) { slots.append(reference.slot << 2 | reference.role.rawValue) }
        return slots.sorted()
    }

    /// Few hashes make long runs that share their places and wrap around the end; many make it grow.
    @Test(arguments: [2, 40, 100_000] as [UInt32], 1...3 as ClosedRange<UInt64>)
    func itHoldsWhatADictionaryHolds(hashCount: UInt32, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var index = SessionIndex(minimumCapacity: 8)
        var model: [UInt32: Set<UInt32>] = [:]
        var count = 0
        for step in 0..<5000 {
            // Homes at the table's end, so that runs wrap.
            let hash = UInt32.max &- UInt32.random(in: 0..<hashCount, using: &generator)
            let bits = UInt32.random(in: 0..<200, using: &generator) * 4 + UInt32.random(in: 0..<3, using: &generator)
            let reference = SessionIndex.Reference(
                slot: bits >> 2, role: TupleRole(rawValue: bits & 3) ?? .original)
            let isThere = model[hash]?.contains(bits) == true
            if Bool.random(using: &generator) {
                if !isThere { index.insert(hash, reference) }
                model[hash, default: []].insert(bits)
                count += isThere ? 0 : 1
            } else {
                index.remove(hash, reference)
                model[hash]?.remove(bits)
                count -= isThere ? 1 : 0
            }
            if step % 64 == 0 { #expect(slots(index, hash) == (model[hash] ?? []).sorted()) }
        }
        #expect(index.count == count)
        for (hash, expected) in model { #expect(slots(index, hash) == expected.sorted()) }
        #expect(slots(index, 5).isEmpty)
    }
}
