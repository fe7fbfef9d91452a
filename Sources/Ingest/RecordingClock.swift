public import FlowModel

/// The clock of a recording: its records' times, and beside them a time that never goes back, as intervals are measured by it.
///
/// A file's times go back where the clock of its host was set, where files were put together one behind the other, or where its writer
/// mixed up what it wrote.
public struct RecordingClock: Sendable {
    /// Nanoseconds by which a record may be behind another without anybody having set a clock.
    private static let slack: UInt64 = 1_000_000_000

    private var last: Timestamp?
    /// Nanoseconds by which it was set back in all.
    private var offset: UInt64 = 0
    /// Nanoseconds of the time that never goes back.
    public private(set) var monotonic: UInt64 = 0
    /// How often it was set back.
    public private(set) var setBackCount: UInt64 = 0
    /// Nanoseconds by which it was set back at most.
    public private(set) var greatestStep: UInt64 = 0

    public init() {}

    /// Goes on to the time of a record.
    public mutating func time(at wall: Timestamp) -> ReceiveTime {
        if let last, wall < last {
            // As bits, a difference of any two times fits.
            let step = UInt64(bitPattern: last.nanoseconds &- wall.nanoseconds)
            if step > Self.slack { setBack(by: step) }
        }
        last = wall
        monotonic = max(monotonic, Self.bounded(UInt64(max(0, wall.nanoseconds)) + offset))
        return ReceiveTime(wall: wall, monotonic: monotonic)
    }

    private mutating func setBack(by step: UInt64) {
        setBackCount += 1
        greatestStep = max(greatestStep, step)
        offset = Self.bounded(offset + Self.bounded(step))
    }

    /// So that two of them can be added, and an interval besides.
    private static func bounded(_ time: UInt64) -> UInt64 { min(time, UInt64(Int64.max)) }
}
