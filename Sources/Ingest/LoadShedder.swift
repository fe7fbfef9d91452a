internal import FlowModel

/// When a source gives up events under an overrun that lasts, and when it takes them again. Times are nanoseconds of the
/// monotonic clock.
///
/// Three seconds of losses cost the updates, three more the beginnings; dumps stand in for both. Ten seconds without a loss bring
/// a step back, and if that was too early the next try takes twice as long.
struct LoadShedder {
    /// Losses for so long are no burst any more.
    private static let endurance: UInt64 = 3_000_000_000
    /// Losses further apart than this are not one overrun.
    private static let greatestGap: UInt64 = 1_500_000_000
    /// Losses so soon after events were taken again mean that it was too early.
    private static let relapse: UInt64 = 30_000_000_000
    private static let leastPatience: UInt64 = 10_000_000_000
    private static let greatestPatience: UInt64 = 300_000_000_000
    /// What is taken at each step.
    private static let steps: [Subscription] = [.events, [.new, .destroy], .destroy]

    private var step = 0
    private var steppedAt: UInt64 = 0
    /// When the current row of losses began.
    private var overrunSince: UInt64 = 0
    private var lastLossAt: UInt64?
    /// When events were last taken again.
    private var restoredAt: UInt64?
    /// How long nothing must be lost before events are taken again.
    private var patience = leastPatience

    /// What is taken now.
    var subscription: Subscription { Self.steps[step] }

    /// Events were lost.
    mutating func noteLoss(at now: UInt64) {
        if now &- (lastLossAt ?? 0) > Self.greatestGap || lastLossAt == nil { overrunSince = now }
        lastLossAt = now
    }

    /// Takes the step that is due; `false` where there is none.
    mutating func stepIfDue(at now: UInt64) -> Bool {
        guard let lastLossAt else { return false }
        let isOverrun = now &- lastLossAt <= Self.greatestGap
        let begin = max(overrunSince, steppedAt)
        if isOverrun, step + 1 < Self.steps.count, lastLossAt > begin, lastLossAt - begin >= Self.endurance {
            if let restoredAt, now &- restoredAt < Self.relapse {
                patience = min(patience * 2, Self.greatestPatience)
            } else if step == 0 {
                patience = Self.leastPatience
            }
            restoredAt = nil
            step += 1
        } else if step > 0, now &- max(lastLossAt, steppedAt) >= patience {
            step -= 1
            restoredAt = now
        } else {
            return false
        }
        steppedAt = now
        return true
    }
}
