public import FlowModel

/// Which sessions are meant, in the words of the user: `dst port 443 and src net 10.0.0.0/8`.
public struct SessionFilter: Sendable {
    /// As it was written.
    public let text: String
    /// What it means.
    public let tree: BooleanTree<SessionTest>
    private let decisions: DecisionList<SessionTest>

    /// Reads a filter.
    ///
    /// - Parameters:
    ///   - text: see ``FilterParser`` for the grammar; blank text means all sessions.
    ///   - names: where the sources number the names of interfaces and rules.
    public init(parsing text: String, names: NameTable) throws(FilterError) {
        self.text = text
        var parser = try FilterParser(text, names: names)
        tree = try parser.parse().simplified
        decisions = DecisionList(tree)
    }

    /// All sessions.
    public static var everything: SessionFilter { SessionFilter() }

    private init() {
        text = ""
        tree = .always
        decisions = DecisionList(.always)
    }

    /// Whether every session is meant.
    public var isOpen: Bool { tree == .always }

    /// Whether a session is meant.
    ///
    /// - Parameters:
    ///   - interfaces: the names that indexes have.
    ///   - now: what the duration of a session that has not ended is counted to.
    /// - Complexity: O(tests); allocates nothing.
    public func admits(_ session: borrowing Session, interfaces: InterfaceNames, now: Timestamp) -> Bool {
        // Not by a closure, to which the session would be copied.
        var place = decisions.start
        while place < DecisionList<SessionTest>.reject {
            let passes = decisions.steps[Int(place)].test.admits(session, interfaces: interfaces, now: now)
            place = passes ? decisions.steps[Int(place)].onTrue : decisions.steps[Int(place)].onFalse
        }
        return place == DecisionList<SessionTest>.accept
    }
}
