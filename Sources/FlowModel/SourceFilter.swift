/// Which sessions a source need not tell of.
///
/// It is weaker than the user's own filter, never stronger: what it leaves out cannot belong to the answer, in whatever
/// direction, before or after translation, a packet of the session may be seen. The source is free to leave out less, as
/// older kernels do; whoever asked looks again.
public struct SourceFilter: Sendable {
    public let tree: BooleanTree<SourceTest>
    private let decisions: DecisionList<SourceTest>

    /// Leaves out nothing.
    public static var everything: SourceFilter { SourceFilter(.always) }

    public init(_ tree: BooleanTree<SourceTest>) {
        self.tree = tree.simplified
        decisions = DecisionList(tree)
    }

    /// Whether nothing is left out.
    public var isOpen: Bool { tree == .always }

    /// Whether a message is about a session that may belong to the answer.
    ///
    /// - Complexity: O(tests); allocates nothing.
    public func admits(_ observation: borrowing ConntrackObservation) -> Bool {
        // Not by a closure, to which the observation would be copied.
        var place = decisions.start
        while place < DecisionList<SourceTest>.reject {
            let passes = decisions.steps[Int(place)].test.admits(observation)
            place = passes ? decisions.steps[Int(place)].onTrue : decisions.steps[Int(place)].onFalse
        }
        return place == DecisionList<SourceTest>.accept
    }

    /// Whether a packet may be of a session that may belong to the answer, as far as its own tuple tells: of one that stands
    /// for itself, as conntrack has no word about it.
    public func admits(packet key: FlowKey) -> Bool {
        // Asked for every session that only packets tell of, and mostly there is nothing to test.
        guard decisions.start < DecisionList<SourceTest>.reject else {
            return decisions.start == DecisionList<SourceTest>.accept
        }
        let entry = ConntrackEntry(original: key, reply: key.inverse)
        return admits(ConntrackObservation(kind: .dumpRow, entry: entry, helper: .none))
    }
}
