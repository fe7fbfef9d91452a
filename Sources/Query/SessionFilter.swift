public import FlowModel

/// Which sessions are meant, in the words of the user: `dst port 443 and src net 10.0.0.0/8`.
public struct SessionFilter: Sendable {
    /// As it was written.
    public let text: String
    let tree: BooleanTree<SessionTest>
    private let program: SessionProgram
    /// Passed by what is known not to be meant.
    private let exclusions: SessionProgram

    /// Reads a filter.
    ///
    /// - Parameters:
    ///   - text: see ``FilterParser`` for the grammar; blank text means all sessions.
    ///   - names: where the sources number the names of interfaces and rules.
    public init(parsing text: String, names: NameTable) throws(FilterError) {
        self.text = text
        var parser = try FilterParser(text, SessionVocabulary(names: names))
        tree = try parser.parse().simplified
        program = SessionProgram(tree)
        exclusions = SessionProgram(tree.negated)
    }

    /// All sessions.
    public static var everything: SessionFilter { SessionFilter() }

    private init() {
        text = ""
        tree = .always
        program = SessionProgram(.always)
        exclusions = SessionProgram(.never)
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
        program.admits(session, interfaces: interfaces, now: now)
    }

    /// Whether a session is known not to be meant. One that is neither this nor meant lacks what the filter asks of it.
    ///
    /// - Complexity: O(tests); allocates nothing.
    public func excludes(_ session: borrowing Session, interfaces: InterfaceNames, now: Timestamp) -> Bool {
        exclusions.admits(session, interfaces: interfaces, now: now)
    }

    /// Whether it asks for what only logged packets tell: rules, verdicts and, where no capture is read, interfaces.
    public func asksForPackets(besideCapture: Bool = false) -> Bool {
        tree.contains { $0.neededLane == .nflog || ($0.asksForInterface && !besideCapture) }
    }

    /// Whether it asks for what only conntrack tells.
    public var asksForConntrack: Bool { tree.contains { $0.neededLane == .conntrack } }

    /// Whether it asks for rates, which two looks at the table tell.
    public var asksForRates: Bool {
        tree.contains { test in
            switch test.subject {
            case .byteRate, .packetRate: true
            default: false
            }
        }
    }
}
