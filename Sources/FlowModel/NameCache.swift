/// A reader's own memory of the names it saw last, so that a repeated prefix costs a comparison and no lock.
public struct NameCache {
    private struct Entry {
        var bytes: [UInt8] = []
        var number = NameID.none
    }

    private let table: NameTable
    private var entries = [Entry](repeating: Entry(), count: 16)

    public init(table: NameTable) { self.table = table }

    /// The number of the text in `bytes`.
    ///
    /// - Complexity: O(length); allocates only for a name that is not among the last seen.
    public mutating func number(of bytes: Span<UInt8>) -> NameID {
        guard !bytes.isEmpty else { return .none }
        let slot = Self.slot(of: bytes)
        if Self.isEqual(entries[slot].bytes, bytes) { return entries[slot].number }
        let copy = [UInt8](copying: bytes)
        let number = table.number(of: copy)
        entries[slot] = Entry(bytes: copy, number: number)
        return number
    }

    private static func slot(of bytes: Span<UInt8>) -> Int {
        var mixed = UInt32(truncatingIfNeeded: bytes.count)
        for offset in bytes.indices { mixed = (mixed ^ UInt32(bytes[offset])) &* 0x0100_0193 }
        return Int(mixed >> 28)
    }

    private static func isEqual(_ known: [UInt8], _ bytes: Span<UInt8>) -> Bool {
        guard known.count == bytes.count else { return false }
        for offset in 0..<known.count where known[offset] != bytes[offset] { return false }
        return true
    }
}

extension [UInt8] {
    /// A copy of borrowed bytes.
    public init(copying bytes: Span<UInt8>) {
        self.init()
        reserveCapacity(bytes.count)
        for offset in bytes.indices { append(bytes[offset]) }
    }
}
