internal import FlowModel

/// To whom a capture's frames go, from one moment on and from the next: of all interfaces what passed until then goes to one, and what
/// passed later to another.
final class CaptureStages: Sendable {
    /// From when on somebody takes the frames; nobody, where there is no intake.
    struct Stage: Sendable {
        let start: Timestamp
        /// The same in nanoseconds of the clock that is never set: the other one may be set back behind the start.
        let begun: UInt64
        let intake: Intake?
    }

    private let stages = Lock<[Stage]>([])

    /// Begins the next one.
    ///
    /// The clock is read while no reader looks: what a reader took before, knowing of no next stage, had passed before.
    ///
    /// - Returns: when it begins.
    func begin(_ intake: Intake?) -> Timestamp {
        stages.withLock { stages in
            let now = ReceiveTime.now
            stages.append(Stage(start: now.wall, begun: now.monotonic, intake: intake))
            return now.wall
        }
    }

    /// The one behind so many; `nil` where the last of those goes on.
    func stage(after count: Int) -> Stage? {
        stages.withLock { count < $0.count ? $0[count] : nil }
    }

    /// To whom frames go that pass at a time; `nil` for nobody.
    func intake(at time: ReceiveTime) -> Intake? {
        stages.withLock { $0.last { $0.begun <= time.monotonic }?.intake }
    }

    /// To whom frames have gone since the last of so many stages began.
    func intakes(from count: Int) -> [Intake] {
        stages.withLock { $0.dropFirst(max(0, count - 1)).compactMap(\.intake) }
    }
}
