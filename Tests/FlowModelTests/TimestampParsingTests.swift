import FlowModel
import Testing

/// Times as people write them.
struct TimestampParsingTests {
    private func text(_ time: Timestamp) -> String {
        var text: [UInt8] = []
        time.append(to: &text, fractionDigits: 9)
        return String(decoding: text, as: UTF8.self)
    }

    @Test(arguments: [
        ("2026-01-05T10:11:12Z", "2026-01-05T10:11:12.000000000Z", "2026-01-05T10:11:12.999999999Z"),
        ("2026-01-05T10:11:12.5Z", "2026-01-05T10:11:12.500000000Z", "2026-01-05T10:11:12.599999999Z"),
        ("2026-01-05t10:11:12.131415926z", "2026-01-05T10:11:12.131415926Z", "2026-01-05T10:11:12.131415926Z"),
        ("2026-01-05T10:11:12+01:30", "2026-01-05T08:41:12.000000000Z", "2026-01-05T08:41:12.999999999Z"),
        ("2026-01-01T00:00:00-01:00", "2026-01-01T01:00:00.000000000Z", "2026-01-01T01:00:00.999999999Z"),
        ("2024-02-29", "2024-02-29T00:00:00.000000000Z", "2024-02-29T23:59:59.999999999Z"),
        ("1970-01-01", "1970-01-01T00:00:00.000000000Z", "1970-01-01T23:59:59.999999999Z"),
        ("1767607872", "2026-01-05T10:11:12.000000000Z", "2026-01-05T10:11:12.999999999Z"),
        ("1767607872.25", "2026-01-05T10:11:12.250000000Z", "2026-01-05T10:11:12.259999999Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000000000Z", "2016-12-31T23:59:59.999999999Z"),
    ])
    func aTextMeansAllTheMomentsThatItMayMean(_ written: String, _ first: String, _ last: String) throws {
        let time = try #require(Timestamp.parse(written))
        #expect(text(time.lowerBound) == first && text(time.upperBound) == last)
    }

    @Test(arguments: [
        "", "-", "10", "12345678", "12345678901", "2026", "2026-1-5", "2026-02-29", "2026-04-31", "2026-00-10",
        "1969-12-31", "2262-01-01", "2026-01-05T", "2026-01-05T10:11Z",
        "2026-01-05T10:11:12", "2026-01-05T24:00:00Z", "2026-01-05T10:60:00Z", "2026-01-05T10:11:61Z",
        "2026-01-05T10:11:12.Z", "2026-01-05T10:11:12.1234567890Z", "2026-01-05T10:11:12+1:00", "2026-01-05T10:11:12Zx",
        "1767607872x", "1970-01-01T00:00:00+01:00",
    ])
    func whatIsNoTimeIsNone(_ written: String) {
        #expect(Timestamp.parse(written) == nil)
    }

    @Test func everyDayIsReadAsItIsWritten() throws {
        for day in stride(from: 0, to: 106_000, by: 13) as StrideTo<Int64> {
            let time = Timestamp(seconds: day * 86_400, nanoseconds: 0)
            #expect(Timestamp.parse(String(text(time).prefix(10)))?.lowerBound == time)
        }
    }

    @Test(
        arguments: [
            (90_000_000_000, "1m30s"), (0, "0"), (1500, "1us500ns"), (86_400_000_000_000, "1d"), (1, "1ns"),
        ] as [(UInt64, String)])
    func aLengthOfTimeIsReadAsItIsWritten(_ nanoseconds: UInt64, _ written: String) {
        #expect(DurationText.text(nanoseconds: nanoseconds) == written)
        if nanoseconds > 0 { #expect(DurationText.nanoseconds(in: written, unit: nil) == nanoseconds) }
    }
}
