import FlowModel
import Testing

struct InterfaceNamesTests {
    @Test
    func everyInterfaceHasTheNameThatItWasGivenLast() {
        var names = InterfaceNames()
        var expected: [InterfaceIndex: NameID] = [:]
        for number in 0..<200 as Range<UInt32> {
            let index = number &* 2_654_435_761 % 97
            let name = NameID(rawValue: UInt16(number))
            names[index] = name
            expected[index] = name
            if number % 5 == 0 {
                names[number % 97] = nil
                expected[number % 97] = nil
            }
        }
        for index in 0..<100 as Range<UInt32> { #expect(names[index] == expected[index]) }
    }
}
