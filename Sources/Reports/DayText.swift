import FlowModel

/// The date of the last time that was written: nearly all times of an output are of one day.
struct DayText: Sendable {
    private var day: Int64 = -1
    /// `2026-01-05T`
    private(set) var text: ShortText = ""

    /// Makes ``text`` the date of the day `day` since 1970.
    @inline(__always)
    mutating func turn(to day: Int64) {
        if day != self.day { compute(day) }
    }

    private mutating func compute(_ day: Int64) {
        self.day = day
        var stamp: [UInt8] = []
        Timestamp(seconds: day * 86_400, nanoseconds: 0).append(to: &stamp, fractionDigits: 0)
        text = ShortText(stamp.prefix { $0 != UInt8(ascii: "T") } + [UInt8(ascii: "T")])
    }
}
