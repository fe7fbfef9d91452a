import FlowModel

/// Filters of groups: their columns, and what they come to.
struct GroupVocabulary: FilterVocabulary {
    let grouping: Grouping
    let names: NameTable

    var title: String { "--having" }

    var columnNames: String {
        let measures = GroupMeasure.allCases.filter(\.isAmount).map(\.name)
        return (grouping.columns.map(\.subject.name) + measures).joined(separator: " ")
    }

    func column(named name: String) -> FilterColumn? {
        if let measure = GroupMeasure.allCases.first(where: { $0.name == name && $0.isAmount }) {
            return .measure(measure)
        }
        return FilterColumn(name: name)
    }

    func has(_ column: FilterColumn) -> Bool {
        switch column {
        case .measure: true
        case .address(let sides): sides.sides.allSatisfy { self[$0.addressSubject] != nil }
        case .port(let sides): sides.sides.allSatisfy { self[$0.portSubject] != nil }
        case .interface: self[.ingress] != nil && self[.egress] != nil
        case .prefix: self[.rule] != nil && self[.verdict] != nil
        default: column.groupSubject.map { self[$0] != nil } ?? false
        }
    }

    func tree(
        _ column: FilterColumn, _ comparison: FilterComparison, _ value: FilterToken
    ) -> BooleanTree<GroupTest>? {
        if case .measure(let measure) = column {
            guard let number = FilterColumn.number(value.text), let range = comparison.range(number) else { return nil }
            return .test(GroupTest(subject: .measure(measure, range), isNegated: comparison == .notEqual))
        }
        guard let tree = column.tree(comparison, value, names: names) else { return nil }
        var isWhole = true
        let groupTree = tree.replacing { test in
            let part = self.tree(test)
            if part == nil { isWhole = false }
            return part ?? .never
        }
        return isWhole ? groupTree : nil
    }

    func tree(_ test: SessionTest) -> BooleanTree<GroupTest>? {
        let subject: GroupTest.Subject? =
            switch test.subject {
            case .address(let side, let prefix): self[side.addressSubject].map { .address($0, prefix) }
            case .port(let side, let range): self[side.portSubject].map { .number($0, range.widened) }
            case .transport(let range): self[.transport].map { .number($0, range.widened) }
            case .zone(let range): self[.zone].map { .number($0, range.widened) }
            case .family(let family): self[.family].map { .number($0, UInt64(family.rawValue).alone) }
            case .mark(let value, let mask): self[.mark].map { .bits($0, value: UInt64(value), mask: UInt64(mask)) }
            case .state(let state): self[.state].map { .number($0, UInt64(state.rawValue).alone) }
            case .verdict(let verdict): self[.verdict].map { .number($0, UInt64(verdict.rawValue).alone) }
            case .exactness(let exactness): self[.exactness].map { .number($0, UInt64(exactness.rawValue).alone) }
            case .lane(let lane):
                self[.lane].map {
                    let bit: UInt64 = lane == .conntrack ? 1 : 2
                    return .bits($0, value: bit, mask: bit)
                }
            case .rule(let name): self[.rule].map { .name($0, name) }
            case .helper(let name): self[.helper].map { .name($0, name) }
            case .ingress(let name): self[.ingress].map { .interface($0, name) }
            case .egress(let name): self[.egress].map { .interface($0, name) }
            case .user(let range): self[.user].map { .number($0, range.widened) }
            case .userGroup(let range): self[.userGroup].map { .number($0, range.widened) }
            case .vlan(let range): self[.vlan].map { .number($0, range.widened) }
            case .sender(let address): self[.sender].map { .number($0, address.bits.alone) }
            case .physicalIngress(let name): self[.physicalIngress].map { .interface($0, name) }
            case .physicalEgress(let name): self[.physicalEgress].map { .interface($0, name) }
            case .denied: .measure(.denied, 1...(.max))
            default: nil
            }
        return subject.map { .test(GroupTest(subject: $0, isNegated: test.isNegated)) }
    }

    /// The number of a column of the grouping.
    private subscript(subject: GroupColumn.Subject) -> Int? {
        grouping.columns.firstIndex { $0.subject == subject }
    }
}

extension SessionTest.Side {
    fileprivate var addressSubject: GroupColumn.Subject {
        switch self {
        case .source: .source
        case .destination: .destination
        case .translatedSource: .translatedSource
        case .translatedDestination: .translatedDestination
        }
    }

    fileprivate var portSubject: GroupColumn.Subject {
        switch self {
        case .source: .sourcePort
        case .destination: .destinationPort
        case .translatedSource: .translatedSourcePort
        case .translatedDestination: .translatedDestinationPort
        }
    }
}

extension FilterColumn {
    /// The column of a group that has the same values.
    fileprivate var groupSubject: GroupColumn.Subject? {
        switch self {
        case .family: .family
        case .transport: .transport
        case .zone: .zone
        case .mark: .mark
        case .state: .state
        case .verdict: .verdict
        case .rule: .rule
        case .ingress: .ingress
        case .egress: .egress
        case .lane: .lane
        case .helper: .helper
        case .exactness: .exactness
        case .user: .user
        case .userGroup: .userGroup
        case .sender: .sender
        case .vlan: .vlan
        case .physicalIngress: .physicalIngress
        case .physicalEgress: .physicalEgress
        default: nil
        }
    }
}

extension ClosedRange where Bound: FixedWidthInteger & UnsignedInteger {
    fileprivate var widened: ClosedRange<UInt64> { UInt64(lowerBound)...UInt64(upperBound) }
}

extension UInt64 {
    fileprivate var alone: ClosedRange<UInt64> { self...self }
}
