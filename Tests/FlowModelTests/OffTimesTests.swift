import FlowModel
import Testing

struct OffTimesTests {
    private static func times(_ looks: String) -> ClosedRange<Int64>? {
        var times = OffTimes()
        for (second, look) in looks.enumerated() {
            times.look(isOff: look == "-", at: Timestamp(nanoseconds: Int64(second)))
        }
        return times.span.map { $0.from.nanoseconds...$0.to.nanoseconds }
    }

    /// `+` is a look at which it was on, `-` one at which it was off.
    @Test(
        arguments: [
            ("+++", nil), ("++-++", 1...3), ("++--", 1...3), ("-", 0...0), ("--+", 0...2), ("+-+-++", 0...4),
            ("+-++++", 0...2),
        ] as [(String, ClosedRange<Int64>?)])
    func allOfTheTimeIsWithinTheSpan(_ looks: String, _ span: ClosedRange<Int64>?) {
        #expect(Self.times(looks) == span)
    }
}
