import FlowModel

/// One thing that can be asked of a group.
///
/// What is unknown passes neither a test nor its opposite.
struct GroupTest: NegatableTest {
    enum Subject: Hashable {
        case measure(GroupMeasure, ClosedRange<UInt64>)
        /// A column of addresses by its number in the grouping.
        case address(Int, IPPrefix)
        case number(Int, ClosedRange<UInt64>)
        case bits(Int, value: UInt64, mask: UInt64)
        case name(Int, NameTest)
        case interface(Int, NameTest)
    }

    var subject: Subject
    var isNegated = false

    var negated: GroupTest { GroupTest(subject: subject, isNegated: !isNegated) }

    /// Whether the group is known to be as asked.
    func admits(_ number: Int, of groups: GroupSelection) -> Bool {
        answer(number, of: groups).map { $0 != isNegated } ?? false
    }

    private func answer(_ number: Int, of groups: GroupSelection) -> Bool? {
        switch subject {
        case .measure(let measure, let range):
            guard let (amount, isExact) = groups.totals(number).amount(measure) else { return nil }
            if isExact { return range.contains(amount) }
            // A lower bound may grow into the range or out of it.
            if amount > range.upperBound { return false }
            return amount >= range.lowerBound && range.upperBound == .max ? true : nil
        case .address(let column, let prefix):
            guard let words = groups.words(number, column: column) else { return nil }
            let address = IPAddress(high: words.high, low: words.low)
            let length = groups.grouping.columns[column].length(of: words.family)
            guard let length, length < prefix.length, words.family == prefix.family else {
                return prefix.contains(address, family: words.family)
            }
            // The group is a network, and what is asked for may be a part of it.
            let network = IPPrefix(address, family: words.family, length: length)
            return network?.contains(prefix.address, family: prefix.family) == true ? nil : false
        case .number(let column, let range): return groups.words(number, column: column).map { range.contains($0.low) }
        case .bits(let column, let value, let mask):
            return groups.words(number, column: column).map { $0.low & mask == value }
        case .name(let column, let name):
            return groups.words(number, column: column).map {
                name.contains(NameID(rawValue: UInt16(truncatingIfNeeded: $0.low)))
            }
        case .interface(let column, let name):
            guard let words = groups.words(number, column: column), words.low >> 32 != 0 else { return nil }
            return name.contains(NameID(rawValue: UInt16(truncatingIfNeeded: words.low >> 32)))
        }
    }
}

extension NameTest {
    fileprivate func contains(_ number: NameID) -> Bool {
        switch self {
        case .exact(let name): name.number == number
        case .pattern(let pattern): pattern.matches(number)
        }
    }
}
