/// A reader's own memory of the names it saw last, so that a repeated one costs a comparison and no lock.
public struct NameCache {
    private let table: NameTable
    private var texts = RecentTexts()
    private var numbers = [NameID](repeating: .none, count: RecentTexts.capacity)

    public init(table: NameTable) { self.table = table }

    /// The number of the text in `bytes`.
    ///
    /// - Complexity: O(length); allocates only for a name that is not among the last seen.
    public mutating func number(of bytes: Span<UInt8>) -> NameID {
        let (place, isNew) = texts.place(of: bytes)
        if isNew { numbers[place] = table.number(of: bytes) }
        return numbers[place]
    }
}
