/// A ``BooleanTree`` as a list of tests, each of which says where to go on: always further down, so that no evaluation asks
/// a test twice or looks at one that no longer matters.
///
/// Session filters run as one, and the kernel's socket filter is written from one. To evaluate it, begin at ``start``, and
/// go on from step to step while the place is less than ``reject``.
public struct DecisionList<Test: Hashable & Sendable>: Sendable {
    public struct Step: Sendable {
        public let test: Test
        /// The step that follows a test that is passed or not; ``DecisionList/accept`` or ``DecisionList/reject`` end it.
        public let onTrue: Int32
        public let onFalse: Int32
    }

    public private(set) var steps: [Step] = []
    /// Where the evaluation begins: 0, unless there is nothing to test.
    public let start: Int32

    /// The places behind the last step that mean the answer.
    @inlinable public static var accept: Int32 { .max }
    @inlinable public static var reject: Int32 { .max - 1 }

    public init(_ tree: BooleanTree<Test>) {
        let tree = tree.simplified
        switch tree {
        case .all(let parts) where parts.isEmpty: start = Self.accept
        case .any(let parts) where parts.isEmpty: start = Self.reject
        default:
            start = 0
            append(tree, onTrue: Self.accept, onFalse: Self.reject)
        }
    }

    private mutating func append(_ tree: BooleanTree<Test>, onTrue: Int32, onFalse: Int32) {
        switch tree {
        case .test(let test): steps.append(Step(test: test, onTrue: onTrue, onFalse: onFalse))
        case .all(let parts):
            for (index, part) in parts.enumerated() {
                let next = Int32(steps.count + part.testCount)
                append(part, onTrue: index == parts.count - 1 ? onTrue : next, onFalse: onFalse)
            }
        case .any(let parts):
            for (index, part) in parts.enumerated() {
                let next = Int32(steps.count + part.testCount)
                append(part, onTrue: onTrue, onFalse: index == parts.count - 1 ? onFalse : next)
            }
        }
    }
}
