import Testing

@testable import nfmon

struct LiveLookTests {
    @Test func ofAWhileThatWasCutShortItIsSaidWhatThereIsAndWhatIsNot() {
        let cut = "the interval was cut short: 1.500s of 10s"
        let old = "conntrack's table could not be looked at again within 15s: its figures are older"
        #expect(LiveLook.notes(after: 1_500_000_000, of: 10_000_000_000, hasLooked: true) == [cut])
        #expect(LiveLook.notes(after: 1_500_000_000, of: 10_000_000_000, hasLooked: false) == [cut, old])
        // The interval was over, and the second look still under way.
        #expect(LiveLook.notes(after: 11_000_000_000, of: 10_000_000_000, hasLooked: false) == [old])
        #expect(LiveLook.notes(after: 11_000_000_000, of: 10_000_000_000, hasLooked: true).isEmpty)
    }
}
