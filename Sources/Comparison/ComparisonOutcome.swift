public import FlowModel

/// The sessions whose lanes differ, and everything that is to be said with them.
public struct ComparisonOutcome: Sendable {
    public var sessions: [ComparedSession]
    public var summary: ComparisonSummary
    public var facts: ComparisonFacts
    public var names: NameBook
}
