public import FlowModel

/// Which groups are meant, in the words of filters: `sessions > 10 and src net 10.0.0.0/8`.
public struct GroupFilter: Sendable {
    /// As it was written.
    public let text: String
    let tree: BooleanTree<GroupTest>
    private let exclusions: BooleanTree<GroupTest>

    /// Reads a filter of groups.
    ///
    /// - Parameters:
    ///   - grouping: what the groups are by: what is not one of its columns cannot be asked for.
    ///   - names: where the sources number the names of interfaces and rules.
    public init(parsing text: String, grouping: Grouping, names: NameTable) throws(FilterError) {
        self.text = text
        var parser = try FilterParser(text, GroupVocabulary(grouping: grouping, names: names))
        tree = try parser.parse().simplified
        exclusions = tree.negated
    }

    /// Whether a group is meant.
    func admits(_ number: Int, of groups: GroupSelection) -> Bool { tree.holds { $0.admits(number, of: groups) } }

    /// Whether a group is known not to be meant.
    func excludes(_ number: Int, of groups: GroupSelection) -> Bool {
        exclusions.holds { $0.admits(number, of: groups) }
    }
}

extension BooleanTree {
    /// Whether the tests that are passed make the whole pass.
    fileprivate func holds(_ passes: (Test) -> Bool) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.holds(passes) }
        case .any(let parts): parts.contains { $0.holds(passes) }
        case .test(let test): passes(test)
        }
    }
}
