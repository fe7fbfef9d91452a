import FlowModel

extension GroupTest {
    /// The test in the spelling that nfmon reads it as.
    func text(_ grouping: Grouping, _ names: Names) -> String {
        switch subject {
        case .measure(let measure, let range): FilterText.range(measure.name, range, isNegated)
        case .address(let column, let prefix): FilterText.equality(grouping[column], prefix.text, isNegated)
        case .number(let column, let range):
            FilterText.range(grouping[column], range, isNegated) { word($0, column, grouping) }
        case .bits(let column, let value, let mask):
            FilterText.equality(grouping[column], bits(value, mask, column, grouping), isNegated)
        case .name(let column, let name), .interface(let column, let name):
            FilterText.equality(grouping[column], FilterText.name(name, names), isNegated)
        }
    }

    private func word(_ value: UInt64, _ column: Int, _ grouping: Grouping) -> String {
        if case .word(let word) = grouping.columns[column].value([value], family: .ipv4) { return word }
        return String(value)
    }

    private func bits(_ value: UInt64, _ mask: UInt64, _ column: Int, _ grouping: Grouping) -> String {
        guard grouping.columns[column].subject == .mark else { return word(value, column, grouping) }
        return SessionTest.mark(UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: mask))
    }
}

extension Grouping {
    fileprivate subscript(column: Int) -> String { columns[column].subject.name }
}
