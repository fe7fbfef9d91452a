import FlowModel
import Testing

@testable import Sessions

struct TombstoneTests {
    private static func id(_ number: Int) -> SessionID {
        SessionID(rawValue: UInt64(number) &* 0x9e37_79b9_7f4a_7c15)
    }

    @Test
    func theBuriedAreKnownUntilTheyAreForgotten() {
        var tombstones = Tombstones()
        for number in 0..<100 { tombstones.bury(Self.id(number), at: UInt64(number)) }
        tombstones.forget(before: 40)
        for number in 0..<100 { #expect(tombstones.contains(Self.id(number)) == (number >= 40)) }
        tombstones.forget(before: .max)
        #expect(!tombstones.contains(Self.id(99)))
    }

    @Test
    func theSameEndIsKnownAgainHoweverLateItComes() {
        var tombstones = Tombstones()
        let end = Timestamp(nanoseconds: 5)
        tombstones.bury(Self.id(1), endedAt: end, at: 10)
        tombstones.bury(Self.id(2), at: 10)
        tombstones.forget(before: .max)
        #expect(tombstones.contains(endOf: Self.id(1), at: end))
        #expect(!tombstones.contains(endOf: Self.id(1), at: Timestamp(nanoseconds: 6)), "of whom got the id after it")
        #expect(!tombstones.contains(endOf: Self.id(2), at: nil), "the kernel stamped none")
    }

    @Test
    func whoIsBuriedTwiceIsKnownAsLongAsTheSecondTombstoneStands() {
        var tombstones = Tombstones()
        tombstones.bury(Self.id(1), at: 10)
        tombstones.bury(Self.id(1), at: 20)
        tombstones.forget(before: 15)
        #expect(tombstones.contains(Self.id(1)))
        tombstones.forget(before: 25)
        #expect(!tombstones.contains(Self.id(1)))
    }

    @Test
    func theExhumedAreForgottenHoweverOftenTheyWereBuried() {
        var tombstones = Tombstones()
        for time: UInt64 in [10, 20] { tombstones.bury(Self.id(1), at: time) }
        tombstones.bury(Self.id(2), at: 20)
        tombstones.exhume(Self.id(1))
        #expect(!tombstones.contains(Self.id(1)))
        #expect(tombstones.contains(Self.id(2)))
        tombstones.bury(Self.id(1), at: 30)
        tombstones.forget(before: 25)
        #expect(tombstones.contains(Self.id(1)))
    }

    @Test
    func beyondTheLimitTheOldestGo() {
        var tombstones = Tombstones()
        let extra = 1000
        for number in 0..<Tombstones.limit + extra { tombstones.bury(Self.id(number), at: 0) }
        #expect(tombstones.count == Tombstones.limit)
        for number in [0, extra - 1] { #expect(!tombstones.contains(Self.id(number))) }
        for number in [extra, Tombstones.limit + extra - 1] { #expect(tombstones.contains(Self.id(number))) }
    }
}
