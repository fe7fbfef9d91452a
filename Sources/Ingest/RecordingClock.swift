public import FlowModel

/// The clock of a recording: its records' times, and beside them a time that never goes back, as intervals are measured by it.
///
/// A file's times go back where the clock of its host was set, where files were put together one behind the other, or where records of
/// several clocks stand in turns. A clock that was set goes on from there; of several the time leaps forward again.
public struct RecordingClock: Sendable {
    /// A time from which a record went back, and by how much the records before it had gone back in all.
    private struct Mark {
        var wall: Timestamp
        var offset: UInt64
    }

    /// Nanoseconds by which a record may be behind another without anybody having set a clock.
    private static let slack: UInt64 = 1_000_000_000
    /// Clocks in turns that are told apart.
    private static let markLimit = 16

    private var last: Timestamp?
    /// Nanoseconds by which it went back in all.
    private var offset: UInt64 = 0
    /// What the time has not come to again.
    private var marks: [Mark] = []
    /// Nanoseconds of the time that never goes back.
    public private(set) var monotonic: UInt64 = 0
    /// How often it went back.
    public private(set) var backCount: UInt64 = 0
    /// Nanoseconds by which it went back at most.
    public private(set) var greatestStep: UInt64 = 0

    public init() {}

    /// Goes on to the time of a record.
    public mutating func time(at wall: Timestamp) -> ReceiveTime {
        if let last {
            // As bits, a difference of any two times fits.
            let step = UInt64(
                bitPattern: wall < last ? last.nanoseconds &- wall.nanoseconds : wall.nanoseconds &- last.nanoseconds)
            if wall >= last {
                goForward(to: wall, isLeap: step > Self.slack)
            } else if step > Self.slack {
                goBack(from: last, by: step)
            }
        }
        last = wall
        monotonic = max(monotonic, Self.bounded(UInt64(max(0, wall.nanoseconds)) + offset))
        return ReceiveTime(wall: wall, monotonic: monotonic)
    }

    private mutating func goBack(from last: Timestamp, by step: UInt64) {
        backCount += 1
        greatestStep = max(greatestStep, step)
        if marks.count == Self.markLimit { marks.removeFirst() }
        marks.append(Mark(wall: last, offset: offset))
        offset = Self.bounded(offset + Self.bounded(step))
    }

    /// Takes back the steps of a clock that it leaves for one whose time is that of before.
    private mutating func goForward(to wall: Timestamp, isLeap: Bool) {
        while let mark = marks.last {
            let isNear = mark.wall.nanoseconds.addingReportingOverflow(-Int64(Self.slack))
            guard wall.nanoseconds >= (isLeap && !isNear.overflow ? isNear.partialValue : mark.wall.nanoseconds) else {
                return
            }
            if isLeap { offset = mark.offset }
            marks.removeLast()
        }
    }

    /// So that two of them can be added, and an interval besides.
    private static func bounded(_ time: UInt64) -> UInt64 { min(time, UInt64(Int64.max)) }
}
