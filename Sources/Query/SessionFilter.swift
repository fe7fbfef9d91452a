public import FlowModel

/// Which sessions are meant, in the words of the user: `dst port 443 and src net 10.0.0.0/8`.
public struct SessionFilter: Sendable {
    /// As it was written.
    public let text: String
    let tree: BooleanTree<SessionTest>
    private let decisions: DecisionList<SessionTest>
    /// Passed by what is known not to be meant.
    private let exclusions: DecisionList<SessionTest>

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
        exclusions = DecisionList(tree.negated)
    }

    /// All sessions.
    public static var everything: SessionFilter { SessionFilter() }

    private init() {
        text = ""
        tree = .always
        decisions = DecisionList(.always)
        exclusions = DecisionList(.never)
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
        Self.evaluate(decisions, session, interfaces, now)
    }

    /// Whether a session is known not to be meant. One that is neither this nor meant lacks what the filter asks of it.
    ///
    /// - Complexity: O(tests); allocates nothing.
    public func excludes(_ session: borrowing Session, interfaces: InterfaceNames, now: Timestamp) -> Bool {
        Self.evaluate(exclusions, session, interfaces, now)
    }

    /// Not by a closure, to which the session would be copied.
    @inline(__always)
    private static func evaluate(
        _ list: DecisionList<SessionTest>, _ session: borrowing Session, _ interfaces: InterfaceNames, _ now: Timestamp
    ) -> Bool {
        var place = list.start
        while place < DecisionList<SessionTest>.reject {
            let passes = list.steps[Int(place)].test.admits(session, interfaces: interfaces, now: now)
            place = passes ? list.steps[Int(place)].onTrue : list.steps[Int(place)].onFalse
        }
        return place == DecisionList<SessionTest>.accept
    }

    /// Whether it asks for what only logged packets tell: interfaces, rules, verdicts.
    public var asksForPackets: Bool {
        tree.contains { test in
            switch test.subject {
            case .verdict, .denied, .rule, .ingress, .egress: true
            case .lane(let lane): lane == .nflog
            default: false
            }
        }
    }

    /// Whether it asks for what only conntrack tells.
    public var asksForConntrack: Bool {
        tree.contains { test in
            switch test.subject {
            case .state, .status, .mark, .zone: true
            case .address(let side, _), .port(let side, _): side == .translatedSource || side == .translatedDestination
            case .lane(let lane): lane == .conntrack
            default: false
            }
        }
    }
}
