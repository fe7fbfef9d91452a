public import FlowModel

/// Finds the loops that have stopped coming round.
///
/// The time is passed in. Only time counts in which somebody looked again and again: when the whole process was held up, or the host
/// stood still, no loop is to blame.
public struct StallWatch {
    /// Nanoseconds without a turn after which a loop stands still.
    public static let patience: UInt64 = 5_000_000_000
    /// The most that the time between two looks counts.
    private static let greatestStep: UInt64 = 2_500_000_000

    private struct Watched {
        let turns: TurnCounter
        var count: UInt64
        /// Nanoseconds since the last turn.
        var silence: UInt64 = 0
    }

    private var watched: [Watched] = []
    private var lastLook: UInt64?

    public init() {}

    /// Looks at the loops that there are now; a new one has its time.
    ///
    /// - Parameter now: by the monotonic clock.
    /// - Returns: those that stand still.
    public mutating func look(at loops: [WatchedLoop], now: UInt64) -> [WatchedLoop] {
        let step = min(now &- (lastLook ?? now), Self.greatestStep)
        lastLook = now
        let known = watched
        watched = loops.map { loop in
            let count = loop.turns.count
            guard var one = known.first(where: { $0.turns === loop.turns }), one.count == count else {
                return Watched(turns: loop.turns, count: count)
            }
            one.silence += step
            return one
        }
        return zip(loops, watched).filter { $1.silence >= Self.patience }.map { $0.0 }
    }
}
