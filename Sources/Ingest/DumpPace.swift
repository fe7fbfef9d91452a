internal import FlowModel

/// How often the conntrack table is dumped.
public struct DumpPace: Equatable, Sendable {
    /// Least nanoseconds from the beginning of a dump to that of the next; 0 is a single dump.
    public var interval: UInt64 = 10_000_000_000
    /// What dumps may take of one processor, in percent: what takes more comes less often. 0 is all they need.
    public var processorShare = 5.0

    public init() {}
}

/// The pace that is wanted of a thread by others, which may change.
final class WantedPace: Sendable {
    private let pace: Lock<DumpPace>

    init(_ pace: DumpPace) { self.pace = Lock(pace) }

    var current: DumpPace {
        get { pace.withLock { $0 } }
        set { pace.withLock { $0 = newValue } }
    }
}
