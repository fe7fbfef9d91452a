import Testing

@testable import Monitor

struct RateGaugeTests {
    private func seconds(_ count: UInt64) -> UInt64 { 7_000_000_000 + count * 1_000_000_000 }

    @Test
    func aRateIsThatOfTheLastTenSeconds() {
        var gauge = RateGauge()
        gauge.add(0, at: seconds(0))
        #expect(gauge.perSecond(at: seconds(0)) == nil)
        for second in 1...30 { gauge.add(100, at: seconds(UInt64(second))) }
        #expect(gauge.perSecond(at: seconds(30)) == 100)
        for second in 31...60 { gauge.add(0, at: seconds(UInt64(second))) }
        #expect(gauge.perSecond(at: seconds(60)) == 0)
    }

    @Test
    func whatComesWithinASecondIsCounted() {
        var gauge = RateGauge()
        gauge.add(0, at: seconds(0))
        for _ in 0..<50 { gauge.add(1, at: seconds(0) + 10) }
        #expect(gauge.perSecond(at: seconds(1)) == 50)
    }
}
