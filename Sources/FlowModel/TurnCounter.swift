internal import Synchronization

/// Counts how often a loop comes round, so that others see whether it still does.
///
/// Whoever looks never waits, also where the loop's thread stands still in the middle of counting.
public final class TurnCounter: Sendable {
    private let turns = Atomic<UInt64>(0)

    public init() {}

    /// The loop has come round once more.
    public func add() { turns.wrappingAdd(1, ordering: .relaxed) }

    /// How often it has come round.
    public var count: UInt64 { turns.load(ordering: .relaxed) }
}
