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
}
