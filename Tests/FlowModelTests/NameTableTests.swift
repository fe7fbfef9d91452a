import FlowModel
import Testing

struct NameTableTests {
    @Test
    func aNameKeepsItsNumberAndItsBytes() {
        let table = NameTable()
        let number = table.number(of: "drop:ssh".utf8)
        #expect(table.number(of: "lan0".utf8) != number)
        #expect(table.number(of: "drop:ssh".utf8) == number)
        #expect(table.snapshot.bytes(of: number) == Array("drop:ssh".utf8))
    }

    @Test
    func noTextIsNoName() {
        let table = NameTable()
        #expect(table.number(of: []) == .none)
        #expect(table.snapshot.bytes(of: .none).isEmpty)
    }

    @Test
    func bytesThatAreNoTextAreKept() {
        let table = NameTable()
        let bytes: [UInt8] = [0xff, 0x1b, 0x5b, 0x80]
        let number = table.number(of: bytes)
        #expect(table.snapshot.bytes(of: number) == bytes)
    }

    @Test
    func aLongNameIsCut() {
        let table = NameTable()
        let number = table.number(of: [UInt8](repeating: 0x61, count: 300))
        #expect(table.snapshot.bytes(of: number).count == 255)
        #expect(table.number(of: [UInt8](repeating: 0x61, count: 255)) == number)
    }

    @Test
    func aFullTableSaysOtherForEveryFurtherName() {
        let table = NameTable()
        for number in 0..<70_000 { _ = table.number(of: "rule-\(number)".utf8) }
        let late = table.number(of: "rule-69999".utf8)
        #expect(late == .overflow)
        #expect(table.snapshot.bytes(of: late) == Array("(other)".utf8))
        let early = table.number(of: "rule-0".utf8)
        #expect(table.snapshot.bytes(of: early) == Array("rule-0".utf8), "those it has it keeps")
    }

    @Test
    func aCacheSaysWhatItsTableSays() {
        let table = NameTable()
        var cache = NameCache(table: table)
        for round in 0..<3 {
            for number in 0..<100 {  // more than a cache holds
                let bytes = Array("rule-\(number)".utf8)
                let cached = cache.number(of: bytes.span)
                #expect(cached == table.number(of: bytes), "round \(round)")
            }
        }
        #expect(cache.number(of: [UInt8]().span) == .none)
    }

    // MARK: Names that come and go

    private func sweep(_ table: NameTable, using used: NameID...) {
        table.beginSweep()
        var set = NameSet()
        for number in used { set.insert(number) }
        table.endSweep(set)
    }

    @Test
    func aNameThatNobodyUsesTwiceMakesRoomForAnother() {
        let table = NameTable(limit: 4)
        let (kept, lost) = (table.number(of: "lan0".utf8), table.number(of: "veth1".utf8))
        #expect(table.number(of: "veth2".utf8) == .overflow)
        sweep(table, using: kept)
        #expect(table.count == 4, "what is on its way when it is asked for is not lost")
        sweep(table, using: kept)
        #expect(table.count == 3)
        let before = table.snapshot
        #expect(table.number(of: "veth2".utf8) == lost)
        #expect(table.snapshot.bytes(of: lost) == Array("veth2".utf8))
        #expect(before.bytes(of: lost) == Array("veth1".utf8), "an answer of before has the names of before")
        #expect(table.snapshot.bytes(of: kept) == Array("lan0".utf8))
    }

    @Test
    func aNameThatIsAskedForAgainStays() {
        let table = NameTable()
        var cache = NameCache(table: table)
        let name = Array("lan-out".utf8)
        let number = cache.number(of: name.span)
        for _ in 0..<5 {
            sweep(table)
            #expect(cache.number(of: name.span) == number)
        }
        for _ in 0..<3 { sweep(table) }
        #expect(table.count == 2)
    }

    @Test
    func aNameThatAFilterHoldsStays() throws {
        let table = NameTable()
        let number = table.number(of: "veth1".utf8)
        do {
            let held = try #require(HeldName("veth1".utf8, in: table))
            for _ in 0..<5 { sweep(table) }
            #expect(held.number == number)
            #expect(table.number(of: "veth1".utf8) == number)
        }
        for _ in 0..<3 { sweep(table) }
        #expect(table.count == 2)
        #expect(HeldName("veth1".utf8, in: table) == nil)
    }

    @Test
    func aPatternIsAskedAnewWhenANumberIsAnothers() {
        let table = NameTable(limit: 3)
        let pattern = NamePattern("veth*", names: table)
        let number = table.number(of: "veth1".utf8)
        #expect(pattern.matches(number))
        for _ in 0..<2 { sweep(table) }
        #expect(table.number(of: "lan0".utf8) == number)
        #expect(!pattern.matches(number))
    }
}
