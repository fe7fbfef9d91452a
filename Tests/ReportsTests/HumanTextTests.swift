import Testing

@testable import Reports

struct HumanTextTests {
    @Test(arguments: [
        (0, "0B"), (1023, "1023B"), (1024, "1.0KiB"), (48_211, "47.1KiB"), (102_348, "99.9KiB"), (102_399, "100KiB"),
        (102_400, "100KiB"),
        (1_047_552, "1023KiB"), (1_048_575, "1.0MiB"), (1_048_576, "1.0MiB"), (7_654_321_524, "7.1GiB"),
        (UInt64.max, "16.0EiB"),
    ])
    func bytesHaveUnitsAndAreRounded(count: UInt64, text: String) {
        #expect(written { $0.appendByteCount(count) } == text)
    }

    @Test(arguments: [
        (0, "0s"), (1500, "1us"), (999_999, "999us"), (84_000_000, "84ms"), (8_123_456_789, "8.123s"),
        (65_000_000_000, "1m05s"),
        (7_380_000_000_000, "2h03m"), (273_600_000_000_000, "3d04h"), (UInt64.max, "213503d23h"),
    ])
    func durationsHaveTheTwoLargestUnits(nanoseconds: UInt64, text: String) {
        #expect(written { $0.appendDuration(nanoseconds: nanoseconds) } == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_002_003, "1,002,003")])
    func numbersAreGroupedByThousands(value: UInt64, text: String) {
        #expect(written { $0.appendGrouped(value) } == text)
    }

    private func written(_ body: (inout [UInt8]) -> Void) -> String {
        var buffer: [UInt8] = []
        body(&buffer)
        return String(decoding: buffer, as: UTF8.self)
    }
}
