/// A reader's own memory of the names it saw last, so that a repeated one costs a comparison and no lock.
public struct NameCache {
    private let table: NameTable
    private var texts = RecentTexts()
    private var numbers = [NameID](repeating: .none, count: RecentTexts.capacity)
    /// By place: the table's sweeps when it was asked, which must hear of names that are in use.
    private var sweeps = [UInt32](repeating: 0, count: RecentTexts.capacity)

    public init(table: NameTable) { self.table = table }

    /// The number of the text in `bytes`.
    ///
    /// - Complexity: O(length); allocates only for a name that is not among the last seen, and once for each sweep of the table.
    public mutating func number(of bytes: Span<UInt8>) -> NameID {
        let (place, isNew) = texts.place(of: bytes)
        let sweep = table.sweepCount
        if isNew || sweeps[place] != sweep {
            numbers[place] = table.number(of: bytes)
            sweeps[place] = sweep
        }
        return numbers[place]
    }
}
