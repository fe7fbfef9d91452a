import BasicContainers

/// Places for values of fixed size, in chunks: growing copies nothing, and a freed place is used again.
///
/// Nobody else can hold the chunks, so that a change need not ask whether somebody does: with arrays those two questions were most of what
/// a change of one field costs (Tests/Benchmarks).
struct Slab<Element>: ~Copyable {
    private static var chunkShift: Int { 12 }
    private static var chunkSize: Int { 1 << chunkShift }

    private let filler: Element
    private var chunks = UniqueArray<RigidArray<Element>>()
    private var free: [UInt32] = []
    /// How many places were ever used; the free ones among them included.
    private(set) var extent = 0

    /// - Parameter filler: what an unused place holds.
    init(filler: Element) { self.filler = filler }

    /// How many places are in use.
    var count: Int { extent - free.count }

    /// Takes a place.
    ///
    /// - Complexity: O(1); a new chunk once in 4,096 times.
    mutating func insert(_ element: Element) -> UInt32 {
        if let slot = free.popLast() {
            self[slot] = element
            return slot
        }
        if extent == chunks.count << Self.chunkShift { chunks.append(RigidArray(capacity: Self.chunkSize)) }
        chunks[extent >> Self.chunkShift].append(element)
        extent += 1
        return UInt32(extent - 1)
    }

    /// Gives a place back and forgets what it held.
    ///
    /// - Complexity: O(1).
    mutating func remove(_ slot: UInt32) {
        self[slot] = filler
        free.append(slot)
    }

    /// - Complexity: O(1).
    subscript(slot: UInt32) -> Element {
        @inline(__always) _read { yield chunks[Int(slot) >> Self.chunkShift][Int(slot) & (Self.chunkSize - 1)] }
        @inline(__always) _modify { yield &chunks[Int(slot) >> Self.chunkShift][Int(slot) & (Self.chunkSize - 1)] }
    }
}
