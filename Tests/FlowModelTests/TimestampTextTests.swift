import FlowModel
import Testing

struct TimestampTextTests {
    /// Seconds since 1970, as `date -u -d @N` writes them.
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"), (1_767_225_600, "2026-01-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (9_223_372_036, "2262-04-11T23:47:16Z"),
        ] as [(Int64, String)])
    func aTimeIsWrittenAsRFC3339(seconds: Int64, expected: String) {
        var text: [UInt8] = []
        Timestamp(seconds: seconds, nanoseconds: 0).append(to: &text, fractionDigits: 0)
        #expect(String(decoding: text, as: UTF8.self) == expected)
    }

    @Test
    func theFractionIsCutAndNotRounded() {
        let time = Timestamp(seconds: 0, nanoseconds: 999_999_999)
        for digits in 1...9 {
            var text: [UInt8] = []
            time.append(to: &text, fractionDigits: digits)
            let nines = String(repeating: "9", count: digits)
            #expect(String(decoding: text, as: UTF8.self) == "1970-01-01T00:00:00.\(nines)Z")
        }
    }

    @Test
    func aTimeBefore1970IsTheFirstMoment() {
        #expect(Timestamp(nanoseconds: .min).description == "1970-01-01T00:00:00.000000Z")
    }
}
