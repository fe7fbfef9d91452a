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

    private static let (lan, wan, vpn) = (NameID(rawValue: 1), NameID(rawValue: 2), NameID(rawValue: 3))

    private func names(_ observations: (InterfaceIndex, NameID, isGone: Bool)...) -> InterfaceNames {
        var names = InterfaceNames()
        for (index, name, isGone) in observations {
            names.take(InterfaceObservation(index: index, name: name, isGone: isGone))
        }
        return names
    }

    @Test
    func aRenamedInterfaceHasItsNewNameAndOneThatWentItsLast() {
        let names = names((5, Self.lan, false), (5, Self.wan, false), (5, Self.wan, true))
        #expect(names[5] == Self.wan)
        #expect(!names.haveSuccessors)
    }

    @Test
    func anInterfaceThatComesBackIsTheSame() {
        let names = names((5, Self.lan, false), (5, Self.lan, true), (5, Self.lan, false), (5, Self.wan, false))
        #expect(names[5] == Self.wan)
        #expect(names.number(of: 5) == 5)
    }

    @Test
    func whoTakesOverAnIndexTakesNobodysName() {
        let names = names(
            (5, Self.lan, false), (5, Self.lan, true), (5, Self.wan, false), (5, Self.wan, true), (5, Self.vpn, false))
        #expect(names[5] == Self.lan)
        #expect(names[names.number(of: 5)] == Self.vpn)
        #expect(names.number(of: 6) == 6)
    }

    @Test
    func interfacesThatWentAreForgottenOnceNoSessionHasThem() {
        var names = names(
            (1, Self.lan, false), (5, Self.wan, false), (5, Self.wan, true), (6, Self.vpn, false), (6, Self.vpn, true))
        for _ in 0..<3 { names.sweep([1, 6]) }
        #expect(names[1] == Self.lan)
        #expect(names[5] == nil)
        #expect(names[6] == Self.vpn, "a session has it still")
        #expect(names.goneCount == 1)
        #expect(names.present == [1])
        names.take(InterfaceObservation(index: 5, name: Self.vpn, isGone: false))
        #expect(names.number(of: 5) == 5, "nobody has its index any more")
        for _ in 0..<3 { names.sweep([]) }
        #expect(names[5] == Self.vpn)
        #expect(names.goneCount == 0)
    }

    @Test
    func whoTookOverAnIndexIsForgottenLikeOthers() {
        var names = names((5, Self.lan, false), (5, Self.lan, true), (5, Self.wan, false))
        #expect(names.present == [5])
        for _ in 0..<3 { names.sweep([]) }
        #expect(names[names.number(of: 5)] == Self.wan)
        names.take(InterfaceObservation(index: 5, name: Self.wan, isGone: true))
        for _ in 0..<3 { names.sweep([]) }
        #expect(!names.haveSuccessors)
        #expect(names.present.isEmpty)
    }

    @Test
    func moreInterfacesThanAnybodyHasSessionsOfDoNotGrowForEver() {
        var names = InterfaceNames()
        for index in 1...70_000 as ClosedRange<UInt32> {
            names.take(InterfaceObservation(index: index, name: Self.lan, isGone: false))
            names.take(InterfaceObservation(index: index, name: Self.lan, isGone: true))
        }
        #expect(names.goneCount <= 65_536)
        #expect(names[70_000] == Self.lan)
        #expect(names[1] == nil)
    }
}
