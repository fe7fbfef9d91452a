/// Which columns a table shows, and how wide each is.
struct TableLayout {
    /// Shown columns, from left to right.
    private(set) var columns: [TableColumn]
    private var widths: [Int]
    /// Columns that the width had no room for.
    private(set) var omitted: [TableColumn] = []
    /// Columns whose cells do not all fit.
    private(set) var cut: [TableColumn] = []

    /// - Parameters:
    ///   - widths: what each column's widest cell takes up, by raw value; 0 where no session has anything in it.
    ///   - destinationWidth: what the widest destination takes up without what its protocol has in the place of ports.
    ///   - limit: what a line may take up, at least ``minimumWidth``; `nil` is no limit.
    init(widths: [Int], destinationWidth: Int, limit: Int?) {
        columns = TableColumn.allCases.filter { !$0.isOptional || widths[$0.rawValue] > 0 }
        self.widths = TableColumn.allCases.map { max(widths[$0.rawValue], $0.heading.utf8.count) }
        if let limit { fit(max(limit, Self.minimumWidth), destinationWidth) }
    }

    /// Below it not even the addresses' beginnings could be shown.
    static var minimumWidth: Int { 24 }
    /// Spaces between columns.
    static var gap: Int { 2 }

    func width(of column: TableColumn) -> Int { widths[column.rawValue] }

    /// What a full line takes up.
    var lineWidth: Int { columns.reduce(0) { $0 + width(of: $1) } + Self.gap * (columns.count - 1) }

    /// Shortens rules and what ICMP says first, then leaves columns out, and cuts addresses only when nothing else is left.
    private mutating func fit(_ limit: Int, _ destinationWidth: Int) {
        let whole = width(of: .destination)
        shrink(.rule, to: 12, limit)
        shrink(.destination, to: max(destinationWidth + 1, TableColumn.destination.heading.utf8.count), limit)
        for column in TableColumn.dispensable where lineWidth > limit {
            guard let index = columns.firstIndex(of: column) else { continue }
            columns.remove(at: index)
            omitted.append(column)
        }
        grow(.destination, to: whole, limit)
        shrink(.destination, to: max(8, width(of: .destination) / 2), limit)
        shrink(.source, to: 6, limit)
        shrink(.destination, to: 6, limit)
        shrink(.bytes, to: 6, limit)
        cut.removeAll { omitted.contains($0) }
    }

    /// Gives a column back what the ones that were left out have made free.
    private mutating func grow(_ column: TableColumn, to whole: Int, _ limit: Int) {
        guard lineWidth < limit, width(of: column) < whole else { return }
        widths[column.rawValue] = min(whole, width(of: column) + limit - lineWidth)
        if width(of: column) == whole { cut.removeAll { $0 == column } }
    }

    private mutating func shrink(_ column: TableColumn, to minimum: Int, _ limit: Int) {
        let excess = lineWidth - limit
        guard excess > 0, columns.contains(column), width(of: column) > minimum else { return }
        widths[column.rawValue] = max(minimum, width(of: column) - excess)
        if !cut.contains(column) { cut.append(column) }
    }
}
