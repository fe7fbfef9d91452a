import ArgumentParser
import FlowModel

/// A length of time as an option: `500ms`, `10s`, `15m`, `2h`, `1d`, `1h30m`; a bare number is seconds.
struct TimeSpan {
    var nanoseconds: UInt64

    init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// - Throws: where the text is no such length, with what would be one.
    init(parsing argument: String) throws {
        guard let nanoseconds = DurationText.nanoseconds(in: argument, unit: "s") else {
            throw ValidationError(
                """
                give numbers with the units ms, s, m, h or d, such as 500ms, 90s, 15m or 1h30m (without a unit: seconds), \
                more than 0 and at most 11574d.
                """)
        }
        self.nanoseconds = nanoseconds
    }
}
