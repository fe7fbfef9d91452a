import Comparison
import Testing

struct DifferenceReasonTests {
    @Test
    func everyReasonHasAWordOfItsOwn() {
        #expect(Set(DifferenceReason.allCases.map(\.rawValue)).count == DifferenceReason.allCases.count)
    }
}
