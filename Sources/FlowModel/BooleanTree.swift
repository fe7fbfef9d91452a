/// Tests joined by "and" and "or"; "not" is inside the tests (negation normal form).
///
/// So that a test whose answer is unknown can count as not passed, whichever way round it was asked: neither `mark = 5` nor
/// `mark != 5` is true of a session whose mark nobody knows.
public indirect enum BooleanTree<Test: Hashable & Sendable>: Hashable, Sendable {
    /// All of them; of none, always.
    case all([BooleanTree])
    /// One of them at least; of none, never.
    case any([BooleanTree])
    case test(Test)

    public static var always: BooleanTree { .all([]) }
    public static var never: BooleanTree { .any([]) }

    /// The same with each test replaced by a tree.
    public func replacing<Other>(_ replacement: (Test) -> BooleanTree<Other>) -> BooleanTree<Other> {
        switch self {
        case .all(let parts): .all(parts.map { $0.replacing(replacement) })
        case .any(let parts): .any(parts.map { $0.replacing(replacement) })
        case .test(let test): replacement(test)
        }
    }

    /// The same without nested parts of one kind and without repetitions, and with a constant only where that is all there is.
    public var simplified: BooleanTree {
        switch self {
        case .all(let parts): Self.joined(parts, neutral: .always, decisive: .never) { .all($0) }
        case .any(let parts): Self.joined(parts, neutral: .never, decisive: .always) { .any($0) }
        case .test: self
        }
    }

    /// - Parameters:
    ///   - neutral: the part that changes nothing.
    ///   - decisive: the part that decides alone.
    ///   - join: puts parts together.
    private static func joined(
        _ parts: [BooleanTree], neutral: BooleanTree, decisive: BooleanTree, _ join: ([BooleanTree]) -> BooleanTree
    ) -> BooleanTree {
        var kept: [BooleanTree] = []
        var seen: Set<BooleanTree> = [neutral]
        for part in parts.map(\.simplified) {
            if part == decisive { return decisive }
            // What is joined in the same way is taken apart.
            let inner: [BooleanTree] =
                switch (part, neutral) {
                case (.all(let inner), .all), (.any(let inner), .any): inner
                default: [part]
                }
            kept += inner.filter { seen.insert($0).inserted }
        }
        return kept.count == 1 ? kept[0] : join(kept)
    }

    /// How many tests there are.
    public var testCount: Int {
        switch self {
        case .all(let parts), .any(let parts): parts.reduce(0) { $0 + $1.testCount }
        case .test: 1
        }
    }

    /// Whether any test is such a one.
    public func contains(_ isSuch: (Test) -> Bool) -> Bool {
        switch self {
        case .all(let parts), .any(let parts): parts.contains { $0.contains(isSuch) }
        case .test(let test): isSuch(test)
        }
    }

    /// What every value that passes has, according to `pick`, which answers for one test; `nil` where there is no such thing.
    public func implied<Fact: Equatable>(_ pick: (Test) -> Fact?) -> Fact? {
        switch self {
        case .all(let parts):
            for part in parts {
                if let fact = part.implied(pick) { return fact }
            }
            return nil
        case .any(let parts):
            guard let first = parts.first?.implied(pick) else { return nil }
            return parts.dropFirst().allSatisfy { $0.implied(pick) == first } ? first : nil
        case .test(let test): return pick(test)
        }
    }
}

/// A test that can be asked the other way round.
public protocol NegatableTest: Hashable, Sendable {
    var negated: Self { get }
}

extension BooleanTree where Test: NegatableTest {
    /// Passes where this one does not, except where that is unknown.
    public var negated: BooleanTree {
        switch self {
        case .all(let parts): .any(parts.map(\.negated))
        case .any(let parts): .all(parts.map(\.negated))
        case .test(let test): .test(test.negated)
        }
    }
}
