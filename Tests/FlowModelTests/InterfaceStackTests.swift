import FlowModel
import Testing

struct InterfaceStackTests {
    private let stack = InterfaceStack([
        1: .init(.bridge, address: 0x10), 2: .init(.other, address: 0x20, master: 1),
        3: .init(.aggregate, address: 0x30, master: 1), 4: .init(.other, address: 0x40, master: 3),
        5: .init(.other, address: 0x50), 6: .init(.upper, address: 0x60, lower: 5),
        7: .init(.upper, address: 0x70, lower: 6), 8: .init(.other, address: 0x80, lower: 5),
        9: .init(.routing), 10: .init(.other, address: 0xa0, master: 9),
        11: .init(.aggregate, address: 0xb0), 12: .init(.other, address: 0xc0, master: 11),
    ])

    @Test func aBridgeTakesWhateverComesInByItsPortsAndTheirMembers() {
        #expect(stack.taken(from: 2) == .all)
        #expect(stack.taken(from: 4) == .all)
        #expect(stack.bridge(of: 2) == 1)
    }

    @Test func fromTheOthersTheHostTakesWhatIsForInterfacesOnTopOfThem() {
        // A VLAN and one on top of it; what a macvtap or a cable's other end gets the host does not.
        #expect(stack.taken(from: 5) == .of([0x60, 0x70]))
        #expect(stack.taken(from: 12) == .of([0xb0]))
        #expect(stack.isShared(5) && !stack.isShared(7))
    }

    @Test func ofOrdinaryInterfacesItTakesNothingForOthers() {
        for index: InterfaceIndex in [1, 7, 10, 99] { #expect(stack.taken(from: index) == .of([])) }
        #expect(stack.bridge(of: 10) == nil)
    }

    @Test func ofAnInterfaceAndOneThatItIsMadeOfNeitherIsSeparate() {
        #expect(stack.separate([2, 5, 10]) == [2, 5, 10])
        #expect(stack.separate([2, 5, 6]) == [2])
        #expect(stack.separate([2, 5, 7]) == [2], "over one that is not asked about")
        #expect(stack.separate([6, 8]) == [6, 8], "both on one that is not asked about")
        #expect(stack.isPart(2) && !stack.isPart(7))
    }

    @Test func thousandsOnTopOfOneAreAllTaken() {
        var crowd = InterfaceStack([1: .init(.other, address: 1)])
        for index in 2..<20_000 as Range<InterfaceIndex> {
            crowd.add(.init(.upper, address: UInt64(index), lower: 1), index)
        }
        #expect(crowd.taken(from: 1) == .of(Set(2..<20_000)))
    }

    @Test func interfacesThatAreMadeOfEachOtherEnd() {
        let ring = InterfaceStack([1: .init(.upper, address: 1, lower: 2), 2: .init(.upper, address: 2, lower: 1)])
        #expect(ring.taken(from: 1) == .of([1, 2]))
        #expect(ring.separate([1, 2]).isEmpty)
    }
}
